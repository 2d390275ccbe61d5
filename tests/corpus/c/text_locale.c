// Text: wide characters, multibyte state, iconv, regex, formatting, collation, string to number and
// back.
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <iconv.h>
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uchar.h>
#include <wchar.h>
#include <wctype.h>

int main(void) {
  assert(setlocale(LC_ALL, "C.UTF-8"));
  printf("%s\n", nl_langinfo(CODESET));
  const char* text = "Žluťoučký kůň 日本語 🎉";
  wchar_t wide[64];
  size_t count = mbstowcs(wide, text, 64);
  for (size_t i = 0; i < count; ++i)
    wide[i] = (wchar_t)towupper((wint_t)wide[i]);
  printf("%zu %ls %d\n", count, wide, wcswidth(wide, count));
  char back[128];
  assert(wcstombs(back, wide, sizeof back) == strlen(back));
  mbstate_t state = {0};
  char16_t unit;
  int surrogates = 0;
  for (const char* at = "🎉"; *at;) {
    size_t n = mbrtoc16(&unit, at, strlen(at), &state);
    assert(n != (size_t)-1 && n != (size_t)-2);
    if (n == (size_t)-3)
      break;
    at += n;
    surrogates += unit >= 0xd800 && unit < 0xe000;
  }
  printf("surrogates %d\n", surrogates);
  assert(mbstowcs(NULL, "\xff", 0) == (size_t)-1 && errno == EILSEQ);

  iconv_t converter = iconv_open("UTF-16LE", "UTF-8");
  assert(converter != (iconv_t)-1);
  char utf16[128], *from = (char*)text, *to = utf16;
  size_t in = strlen(text), out = sizeof utf16;
  assert(iconv(converter, &from, &in, &to, &out) == 0 && in == 0);
  printf("utf-16 %zu bytes\n", sizeof utf16 - out);
  iconv_close(converter);

  regex_t regex;
  regmatch_t groups[3];
  assert(regcomp(&regex, "([[:alpha:]]+)-([0-9]{2,4})", REG_EXTENDED) == 0);
  assert(regexec(&regex, "x žluť-2024 y", 3, groups, 0) == 0);
  printf("%.*s\n", (int)(groups[1].rm_eo - groups[1].rm_so), "x žluť-2024 y" + groups[1].rm_so);
  regfree(&regex);
  printf("%a %.17g %e %Lf %'d %*d|%-6s|\n", 0.1, 0.1, 1e300, 1.5L, 1234567, 6, 42, "ab");
  assert(strtod("0x1.8p3", NULL) == 12.0 && strtoull("ffffffffffffffff", NULL, 16) == ~0ull);
  assert(isnan(strtod("nan", NULL)) && isinf(strtod("-inf", NULL)) &&
         strtol("99999999999999999999", NULL, 10) && errno == ERANGE);
  char* made;
  assert(asprintf(&made, "%s %d", "made", 1) == 6);
  FILE* memory = fmemopen(made, 6, "r");
  char word[16];
  int number;
  assert(fscanf(memory, "%15s %d", word, &number) == 2 && !strcmp(word, "made") && number == 1);
  fclose(memory);
  free(made);
  size_t size;
  FILE* stream = open_memstream(&made, &size);
  for (int i = 0; i < 1000; ++i)
    fprintf(stream, "%d,", i);
  fclose(stream);
  printf("stream %zu\n", size);
  free(made);
  printf("%d %s\n", strcoll("a", "b") < 0, strerror(ENOENT));
}
