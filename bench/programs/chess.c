/* chess: alpha-beta search over chess moves on a 0x88 board, from a few
   positions: all pieces' moves and promotion to a queen; no castling, no en
   passant; the king is taken like any other piece. */
#include "program.h"

enum {
  Depth = SIZE(2, 3, 4, 5, 6),
  Empty = 0,
  Pawn,
  Knight,
  Bishop,
  Rook,
  Queen,
  King,
  Black = 8,
  Won = 100000,
  TableSize = 1 << 16
};
typedef struct {
  uint8_t from, to, taken, promoted;
} Move;
typedef struct {
  uint64_t key;
  int32_t score;
  int32_t depth;
} Entry;

static const char *const positions[] = {
    "rnbqkbnrpppppppp................................PPPPPPPPRNBQKBNR",
    "r.bqk..rppp..ppp..n..n....b.p.....B.P.....NP....PPP..PPPR.BQK..R",
    "...r..k.pp...ppp..p.....q.......P..nP...2.Q..N...PP..PPP...R..K.",
    "8......k......p..p.....p.P...P.....K....................P......."};
static const int worth[7] = {0, 100, 320, 330, 500, 900, 20000};
static const int8_t steps[7][9] = {{0},
                                   {0},
                                   {14, 18, 31, 33, -14, -18, -31, -33, 0},
                                   {15, 17, -15, -17, 0},
                                   {1, 16, -1, -16, 0},
                                   {1, 15, 16, 17, -1, -15, -16, -17, 0},
                                   {1, 15, 16, 17, -1, -15, -16, -17, 0}};
static uint8_t board[128];
static uint64_t zobrist[16][128];
static uint64_t key;
static Entry table[TableSize];
static uint64_t visited;

static void prepare(void) {
  uint32_t seed = 21;
  for (int piece = 0; piece < 16; ++piece)
    for (int square = 0; square < 128; ++square)
      zobrist[piece][square] =
          (uint64_t)randomWord(&seed) << 32 | randomWord(&seed);
}

static void setUp(const char *position) {
  static const char letters[] = ".pnbrqk";
  key = 0;
  for (int i = 0; i < 64; ++i) {
    int letter = position[i];
    int white = letter >= 'A' && letter <= 'Z';
    const char *found = strchr(letters, white ? letter + 32 : letter);
    int piece = found ? (int)(found - letters) : Empty;
    if (piece != Empty && !white)
      piece |= Black;
    int square = (7 - i / 8) * 16 + i % 8;
    board[square] = (uint8_t)piece;
    if (piece)
      key ^= zobrist[piece][square];
  }
  memset(table, 0, sizeof table);
}

static int add(Move *moves, int count, int from, int to) {
  int piece = board[from] & 7, promoted = 0;
  if (piece == Pawn && (to >> 4 == 0 || to >> 4 == 7))
    promoted = Queen;
  moves[count] =
      (Move){(uint8_t)from, (uint8_t)to, board[to], (uint8_t)promoted};
  return count + 1;
}

static int generate(Move *moves, int side, int onlyTaking) {
  int count = 0;
  for (int from = 0; from < 120; from = (from + 9) & ~8) {
    int piece = board[from];
    if (piece == Empty || (piece & Black) != side)
      continue;
    if ((piece & 7) == Pawn) {
      int ahead = side ? -16 : 16, to = from + ahead;
      for (int aside = -1; aside <= 1; aside += 2)
        if (!((to + aside) & 0x88) && board[to + aside] != Empty &&
            (board[to + aside] & Black) != side)
          count = add(moves, count, from, to + aside);
      if (!onlyTaking && !(to & 0x88) && board[to] == Empty) {
        count = add(moves, count, from, to);
        if (from >> 4 == (side ? 6 : 1) && board[to + ahead] == Empty)
          count = add(moves, count, from, to + ahead);
      }
      continue;
    }
    int kind = piece & 7, slides = kind >= Bishop && kind <= Queen;
    for (const int8_t *step = steps[kind]; *step; ++step)
      for (int to = from + *step; !(to & 0x88); to += *step) {
        if (board[to] == Empty) {
          if (!onlyTaking)
            count = add(moves, count, from, to);
        } else {
          if ((board[to] & Black) != side)
            count = add(moves, count, from, to);
          break;
        }
        if (!slides)
          break;
      }
  }
  return count;
}

static void make(Move move) {
  int piece = board[move.from];
  key ^= zobrist[piece][move.from];
  if (move.taken)
    key ^= zobrist[move.taken][move.to];
  if (move.promoted)
    piece = (piece & Black) | move.promoted;
  board[move.from] = Empty;
  board[move.to] = (uint8_t)piece;
  key ^= zobrist[piece][move.to];
}

static void takeBack(Move move, int piece, uint64_t before) {
  board[move.from] = (uint8_t)piece;
  board[move.to] = move.taken;
  key = before;
}

/* Material, and how near each piece is to the middle. */
static int evaluate(int side) {
  int score = 0;
  for (int square = 0; square < 120; square = (square + 9) & ~8) {
    int piece = board[square];
    if (piece == Empty)
      continue;
    int file = square & 7, rank = square >> 4;
    int middle = (file < 4 ? file : 7 - file) + (rank < 4 ? rank : 7 - rank);
    int value = worth[piece & 7] + ((piece & 7) == King ? -2 : 4) * middle;
    if ((piece & 7) == Pawn)
      value += 5 * (piece & Black ? 6 - rank : rank - 1);
    score += piece & Black ? -value : value;
  }
  return side ? -score : score;
}

static void order(Move *moves, int count) {
  for (int i = 1; i < count; ++i) {
    Move moved = moves[i];
    int rank = 16 * worth[moved.taken & 7] - worth[board[moved.from] & 7];
    int j = i;
    for (; j > 0 && 16 * worth[moves[j - 1].taken & 7] -
                            worth[board[moves[j - 1].from] & 7] <
                        rank;
         --j)
      moves[j] = moves[j - 1];
    moves[j] = moved;
  }
}

static int search(int side, int depth, int alpha, int beta) {
  Move moves[256];
  ++visited;
  if (depth <= 0) {
    int standing = evaluate(side);
    if (standing >= beta || depth < -4)
      return standing;
    alpha = standing > alpha ? standing : alpha;
  }
  Entry *entry = &table[(key ^ (uint64_t)side) % TableSize];
  if (depth > 0 && entry->key == (key ^ (uint64_t)side) &&
      entry->depth == depth)
    return entry->score;
  int count = generate(moves, side, depth <= 0),
      best = depth > 0 ? -Won : alpha;
  order(moves, count);
  for (int i = 0; i < count; ++i) {
    if ((moves[i].taken & 7) == King)
      return Won + depth;
    int piece = board[moves[i].from];
    uint64_t before = key;
    make(moves[i]);
    int score = -search(side ^ Black, depth - 1, -beta, -alpha);
    takeBack(moves[i], piece, before);
    best = score > best ? score : best;
    alpha = best > alpha ? best : alpha;
    if (alpha >= beta)
      break;
  }
  if (depth > 0)
    *entry = (Entry){key ^ (uint64_t)side, best, depth};
  return best;
}

static void compute(void) {
  for (int i = 0; i < 4; ++i) {
    setUp(positions[i]);
    for (int depth = 1; depth <= Depth; ++depth)
      addBits((uint64_t)(int64_t)search(0, depth, -2 * Won, 2 * Won));
  }
}

static void finish(void) {
  printf("%llu positions\n", (unsigned long long)visited);
  addBits(visited);
}
