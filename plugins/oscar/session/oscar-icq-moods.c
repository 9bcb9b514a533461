/* The pictures of X-Status. Clients announce one as a capability; in the
 * answer to a question it is a number, the row of this table. */

#include "oscar-icq-state.h"

#include <string.h>

typedef struct
{
  const char *mood; /* what libpurple's other protocols call it */
  OscarCap cap;
} Mood;

/* The first eight digits of a UUID, then its other groups. */
#define UUID(a, b, c, d, e)                                                    \
  {                                                                            \
    {                                                                          \
      (guint8) ((a) >> 24), (guint8) ((a) >> 16), (guint8) ((a) >> 8),         \
          (guint8) (a), (guint8) ((b) >> 8), (guint8) (b),                     \
          (guint8) ((c) >> 8), (guint8) (c), (guint8) ((d) >> 8),              \
          (guint8) (d), (guint8) ((e) >> 40), (guint8) ((e) >> 32),            \
          (guint8) ((e) >> 24), (guint8) ((e) >> 16), (guint8) ((e) >> 8),     \
          (guint8) (e)                                                         \
    }                                                                          \
  }

static const Mood moods[] = {
  { "angry",
    UUID (0x01d8d7eeu, 0xac3b, 0x492a, 0xa58d, 0xd3d877e66b92ull) },
  { "bathing",
    UUID (0x5a581ea1u, 0xe580, 0x430c, 0xa06f, 0x612298b7e4c7ull) },
  { "tired",
    UUID (0x83c9b78eu, 0x77e7, 0x4378, 0xb2c5, 0xfb6cfcc35becull) },
  { "party",
    UUID (0xe601e41cu, 0x3373, 0x4bd1, 0xbc06, 0x811d6c323d81ull) },
  { "beer",
    UUID (0x8c50dbaeu, 0x81ed, 0x4786, 0xacca, 0x16cc3213c7b7ull) },
  { "thinking",
    UUID (0x3fb0bd36u, 0xaf3b, 0x4a60, 0x9eef, 0xcf190f6a5a7full) },
  { "eating",
    UUID (0xf8e8d7b2u, 0x82c4, 0x4142, 0x90f8, 0x10c6ce0a89a6ull) },
  { "tv",
    UUID (0x80537de2u, 0xa467, 0x4a76, 0xb354, 0x6dfd075f5ec6ull) },
  { "meeting",
    UUID (0xf18ab52eu, 0xdc57, 0x491d, 0x99dc, 0x6444502457afull) },
  { "coffee",
    UUID (0x1b78ae31u, 0xfa0b, 0x4d38, 0x93d1, 0x997eeeafb218ull) },
  { "music",
    UUID (0x61bee0ddu, 0x8bdd, 0x475d, 0x8dee, 0x5f4baacf19a7ull) },
  { "business",
    UUID (0x488e1489u, 0x8aca, 0x4a08, 0x82aa, 0x77ce7a165208ull) },
  { "camera",
    UUID (0x107a9a18u, 0x1232, 0x4da4, 0xb6cd, 0x0879db780f09ull) },
  { "funny",
    UUID (0x6f493098u, 0x4f7c, 0x4aff, 0xa276, 0x34a03bceaea7ull) },
  { "phone",
    UUID (0x1292e550u, 0x1b64, 0x4f66, 0xb206, 0xb29af378e48dull) },
  { "games",
    UUID (0xd4a611d0u, 0x8f01, 0x4ec0, 0x9223, 0xc5b6bec6ccf0ull) },
  { "studying",
    UUID (0x609d52f8u, 0xa29a, 0x49a6, 0xb2a0, 0x2524c5e9d260ull) },
  { "shopping",
    UUID (0x63627337u, 0xa03f, 0x49ff, 0x80e5, 0xf709cde0a4eeull) },
  { "sick",
    UUID (0x1f7a4071u, 0xbf3b, 0x4e60, 0xbc32, 0x4c5787b04cf1ull) },
  { "sleeping",
    UUID (0x785e8c48u, 0x40d3, 0x4c65, 0x886f, 0x04cf3f3f43dfull) },
  { "surfing",
    UUID (0xa6ed557eu, 0x6bf7, 0x44d4, 0xa5d4, 0xd2e7d95ce81full) },
  { "internet",
    UUID (0x12d07e3eu, 0xf885, 0x489e, 0x8e97, 0xa72a6551e58dull) },
  { "working",
    UUID (0xba74db3eu, 0x9e24, 0x434b, 0x87b6, 0x2f6b8dfee50full) },
  { "typing",
    UUID (0x634f6bd8u, 0xadd2, 0x4aa1, 0xaab9, 0x115bc26d05a1ull) },
  { "picnic",
    UUID (0x101117c9u, 0xa3b0, 0x40f9, 0x81ac, 0x49e159fbd5d4ull) },
  { "mobile",
    UUID (0x160c60bbu, 0xdd44, 0x43f3, 0x9140, 0x050f00e6c009ull) },
  { "love",
    UUID (0xddcf0ea9u, 0x7195, 0x4048, 0xa9c6, 0x413206d6f280ull) },
  { "searching",
    UUID (0xd4e2b0bau, 0x334e, 0x4fa5, 0x98d0, 0x117dbf4d3cc8ull) },
  { "question",
    UUID (0x631436ffu, 0x3f8a, 0x40d0, 0xa5cb, 0x7b66e051b364ull) },
  { "suit",
    UUID (0xb70867f5u, 0x3825, 0x4327, 0xa1ff, 0xcf4cc1939797ull) },
  { "smoking",
    UUID (0x6443c6afu, 0x2260, 0x4517, 0xb58c, 0xd7df8e290352ull) },
  { "restroom",
    UUID (0x16f5b76fu, 0xa9d2, 0x4035, 0x8cc5, 0xc084703c98faull) },
};

static const Mood *
find_mood (const char *mood)
{
  for (guint i = 0; mood != NULL && i < G_N_ELEMENTS (moods); i++)
    if (strcmp (moods[i].mood, mood) == 0)
      return &moods[i];
  return NULL;
}

const char *
oscar_icq_mood_of (const OscarUserInfo *info)
{
  for (guint i = 0; i < G_N_ELEMENTS (moods); i++)
    if (oscar_userinfo_has_cap (info, &moods[i].cap))
      return moods[i].mood;
  return NULL;
}

const OscarCap *
oscar_icq_mood_cap (const char *mood)
{
  const Mood *found = find_mood (mood);

  return found != NULL ? &found->cap : NULL;
}

guint
oscar_icq_mood_index (const char *mood)
{
  const Mood *found = find_mood (mood);

  return found != NULL ? (guint) (found - moods) + 1 : 0;
}

const OscarCap *
oscar_icq_own_mood (const OscarSession *session)
{
  return oscar_icq_mood_cap (session->icq->mood);
}

void
oscar_session_set_mood (OscarSession *session, const char *mood,
                        const char *title, const char *text)
{
  OscarIcqState *icq = session->icq;
  gboolean changed = g_strcmp0 (icq->mood, mood) != 0;

  g_free (icq->mood);
  g_free (icq->mood_title);
  g_free (icq->mood_text);
  icq->mood = g_strdup (mood);
  icq->mood_title = g_strdup (title != NULL ? title : mood);
  icq->mood_text = g_strdup (text);
  if (changed)
    oscar_own_announce (session);
}
