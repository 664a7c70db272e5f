// Runs SQL from standard input on the database that the argument names and
// prints each row as text; a failing statement prints its error and the next
// one goes on. Ends with 1 when the database cannot be opened.
#include "sqlite3.h"

#include <stdio.h>
#include <stdlib.h>

static char *readAll(FILE *file) {
  size_t length = 0, capacity = 1 << 16;
  char *text = malloc(capacity);
  for (size_t got; (got = fread(text + length, 1, capacity - length - 1, file));
       length += got)
    if (capacity - length - 1 == got)
      text = realloc(text, capacity *= 2);
  text[length] = 0;
  return text;
}

static void printRow(sqlite3_stmt *statement) {
  for (int i = 0; i < sqlite3_column_count(statement); ++i) {
    const unsigned char *text = sqlite3_column_text(statement, i);
    printf("%s%s", i ? "|" : "", text ? (const char *)text : "NULL");
  }
  putchar('\n');
}

static void runScript(sqlite3 *database, const char *sql) {
  while (*sql) {
    sqlite3_stmt *statement = NULL;
    const char *rest = sql;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, &rest) != SQLITE_OK) {
      printf("error: %s\n", sqlite3_errmsg(database));
      if (rest == sql)
        return;
    } else if (statement) {
      int result;
      while ((result = sqlite3_step(statement)) == SQLITE_ROW)
        printRow(statement);
      if (result != SQLITE_DONE)
        printf("error: %s\n", sqlite3_errmsg(database));
    }
    sqlite3_finalize(statement);
    sql = rest;
  }
}

// The square root of a number, as a function that SQL calls back into.
static void squareOf(sqlite3_context *context, int count,
                     sqlite3_value **values) {
  (void)count;
  double value = sqlite3_value_double(values[0]);
  sqlite3_result_double(context, value * value);
}

int main(int argc, char **argv) {
  sqlite3 *database;
  if (argc != 2 || sqlite3_open(argv[1], &database) != SQLITE_OK) {
    fprintf(stderr, "cannot open the database\n");
    return 1;
  }
  sqlite3_create_function(database, "square_of", 1, SQLITE_UTF8, NULL, squareOf,
                          NULL, NULL);
  char *sql = readAll(stdin);
  runScript(database, sql);
  free(sql);
  printf("closed %d\n", sqlite3_close(database));
  return 0;
}
