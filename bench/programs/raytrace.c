/* raytrace: spheres over a chequered floor, with shadows and reflections. */
#include "program.h"

enum {
  Width = SIZE(40, 80, 240, 640, 1600),
  Height = SIZE(30, 60, 180, 480, 1200),
  Spheres = 24,
  Bounces = 4
};
typedef struct {
  double x, y, z;
} Vector;
typedef struct {
  Vector centre, colour;
  double radius, shine;
} Sphere;
static Sphere spheres[Spheres];
static uint8_t *picture;
static const Vector light = {-6, 12, -8};

static Vector plus(Vector a, Vector b) {
  return (Vector){a.x + b.x, a.y + b.y, a.z + b.z};
}
static Vector minus(Vector a, Vector b) {
  return (Vector){a.x - b.x, a.y - b.y, a.z - b.z};
}
static Vector times(Vector a, double by) {
  return (Vector){a.x * by, a.y * by, a.z * by};
}
static double dot(Vector a, Vector b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
static Vector unit(Vector a) { return times(a, 1 / sqrt(dot(a, a))); }

static double fraction(uint32_t *seed) {
  return (double)(randomWord(seed) >> 8) / 16777216.0;
}

static void prepare(void) {
  uint32_t seed = 51;
  picture = allocate(Width * Height, 3);
  for (int i = 0; i < Spheres; ++i) {
    Sphere *sphere = &spheres[i];
    sphere->radius = 0.3 + fraction(&seed);
    sphere->centre = (Vector){10 * fraction(&seed) - 5, sphere->radius,
                              10 * fraction(&seed) - 2};
    sphere->colour =
        (Vector){fraction(&seed), fraction(&seed), fraction(&seed)};
    sphere->shine = 0.6 * fraction(&seed);
  }
}

/* The nearest sphere along a ray, or none; the distance to it. */
static const Sphere *nearest(Vector from, Vector along, double *distance) {
  const Sphere *found = NULL;
  for (int i = 0; i < Spheres; ++i) {
    Vector to = minus(spheres[i].centre, from);
    double middle = dot(to, along);
    double rest =
        spheres[i].radius * spheres[i].radius - dot(to, to) + middle * middle;
    if (rest < 0)
      continue;
    double half = sqrt(rest), at = middle - half;
    if (at < 1e-6)
      at = middle + half;
    if (at > 1e-6 && at < *distance) {
      *distance = at;
      found = &spheres[i];
    }
  }
  return found;
}

static Vector trace(Vector from, Vector along, int bounces) {
  double distance = 1e9, shine = 0.1;
  const Sphere *sphere = nearest(from, along, &distance);
  Vector place, normal, colour;
  if (along.y < -1e-9 && -from.y / along.y < distance) {
    distance = -from.y / along.y;
    place = plus(from, times(along, distance));
    normal = (Vector){0, 1, 0};
    int dark = ((int)(place.x + 1000) + (int)(place.z + 1000)) & 1;
    colour = dark ? (Vector){0.2, 0.2, 0.2} : (Vector){0.9, 0.9, 0.9};
  } else if (sphere) {
    place = plus(from, times(along, distance));
    normal = times(minus(place, sphere->centre), 1 / sphere->radius);
    colour = sphere->colour;
    shine = sphere->shine;
  } else {
    double up = 0.5 * (along.y + 1);
    return (Vector){1 - 0.5 * up, 1 - 0.3 * up, 1};
  }
  Vector toLight = minus(light, place);
  double away = sqrt(dot(toLight, toLight)), blocked = away;
  toLight = times(toLight, 1 / away);
  double bright = dot(normal, toLight);
  if (bright < 0 || nearest(place, toLight, &blocked))
    bright = 0;
  Vector lit = times(colour, 0.15 + 0.85 * bright);
  if (bounces == 0 || shine <= 0)
    return lit;
  Vector mirrored = minus(along, times(normal, 2 * dot(along, normal)));
  Vector other = trace(place, unit(mirrored), bounces - 1);
  return plus(times(lit, 1 - shine), times(other, shine));
}

static uint8_t level(double value) {
  return (uint8_t)(value <= 0 ? 0 : value >= 1 ? 255 : value * 255);
}

static void compute(void) {
  const Vector eye = {0, 2.5, -9};
  for (int y = 0; y < Height; ++y)
    for (int x = 0; x < Width; ++x) {
      Vector along = {(x - Width / 2.0) / Width,
                      (Height / 2.0 - y) / Width - 0.1, 1};
      Vector colour = trace(eye, unit(along), Bounces);
      uint8_t *pixel = picture + 3 * (y * Width + x);
      pixel[0] = level(colour.x);
      pixel[1] = level(colour.y);
      pixel[2] = level(colour.z);
    }
}

static void finish(void) { addBytes(picture, 3 * Width * Height); }
