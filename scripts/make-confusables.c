/*
 * Writes libs/vocabulary/src/confusables.ts: which character looks like which, by UTS 39, as ICU has it (confusables.txt of
 * its Unicode version; Unicode License). Debian's libicu-dev has what it needs:
 *   gcc scripts/make-confusables.c -o /tmp/make-confusables -licui18n -licuuc
 *   /tmp/make-confusables > libs/vocabulary/src/confusables.ts
 */
#include <stdio.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>
#include <unicode/uversion.h>

static int decomposed(const UNormalizer2 *nfd, const UChar *text, int length, UChar *to, int room) {
  UErrorCode status = U_ZERO_ERROR;
  int written = unorm2_normalize(nfd, text, length, to, room, &status);
  return U_FAILURE(status) ? -1 : written;
}

int main(void) {
  UErrorCode status = U_ZERO_ERROR;
  USpoofChecker *checker = uspoof_open(&status);
  const UNormalizer2 *nfd = unorm2_getNFDInstance(&status);
  if (U_FAILURE(status)) return 1;
  printf("/* Written by scripts/make-confusables.c from ICU %s, Unicode %s. Data: Copyright © Unicode, Inc., https://www.unicode.org/license.txt */\n\n", U_ICU_VERSION, U_UNICODE_VERSION);
  printf("/**\n * `from=to` in hexadecimal code points, `to` of one or more joined by `+`: the prototype of a character that looks\n"
         " * like others (UTS 39, section 4, `confusables.txt`).\n */\nexport const CONFUSABLES =\n  '");
  int count = 0;
  for (UChar32 point = 0; point <= 0x10ffff; point++) {
    if (U_IS_SURROGATE(point) || !u_isdefined(point) || u_hasBinaryProperty(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) continue;
    UChar text[4], plain[64], skeleton[64];
    int length = 0;
    U16_APPEND_UNSAFE(text, length, point);
    int plainLength = decomposed(nfd, text, length, plain, 64);
    if (plainLength != length || u_memcmp(plain, text, length) != 0) continue; /* taken apart first */
    status = U_ZERO_ERROR;
    int end = uspoof_getSkeleton(checker, 0, text, length, skeleton, 64, &status);
    if (U_FAILURE(status)) return 1;
    if (end == length && u_memcmp(skeleton, text, length) == 0) continue;
    printf("%s%X=", count++ ? " " : "", point);
    for (int at = 0; at < end;) {
      UChar32 next;
      if (at) printf("+");
      U16_NEXT(skeleton, at, end, next);
      printf("%X", next);
    }
  }
  printf("';\n");
  uspoof_close(checker);
  fprintf(stderr, "%d characters\n", count);
  return 0;
}
