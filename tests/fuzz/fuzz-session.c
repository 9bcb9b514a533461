#include "fuzz-session.h"

#include "im-limits.h"

guint8
fuzz_next_byte (ImReader *script)
{
  guint8 byte = 0;

  im_reader_u8 (script, &byte, NULL);
  return byte;
}

ImReader
fuzz_next_bytes (ImReader *script, gsize len)
{
  ImReader bytes;

  im_reader_init (&bytes, NULL, 0);
  im_reader_sub (script, MIN (len, im_reader_left (script)), &bytes, NULL);
  return bytes;
}

/* --- events --------------------------------------------------------------- */

static void
check_words (const char *text)
{
  if (text != NULL)
    fuzz_assert_tidy (text);
}

static void
check_text (const ImText *text, gsize max)
{
  if (text == NULL)
    return;
  fuzz_assert_tidy (im_text_plain (text));
  g_assert_cmpuint (im_text_length (text), <=, max);
}

void
fuzz_check_event (const ImEvent *event)
{
  switch (event->type)
    {
    case IM_EVENT_MESSAGE:
      check_words (event->message.from);
      check_text (event->message.text, IM_MAX_MESSAGE_TEXT);
      break;
    case IM_EVENT_PROFILE:
      check_text (event->profile.profile, IM_MAX_PROFILE_TEXT);
      check_text (event->profile.away, G_MAXUINT);
      break;
    case IM_EVENT_BUDDY:
      check_words (event->buddy.who);
      check_words (event->buddy.group);
      check_words (event->buddy.alias);
      break;
    case IM_EVENT_PRESENCE:
      check_words (event->presence.who);
      check_words (event->presence.nick);
      check_words (event->presence.media);
      check_text (event->presence.message, G_MAXUINT);
      break;
    case IM_EVENT_CLOSED:
      check_words (event->closed.detail);
      check_words (event->closed.host);
      break;
    case IM_EVENT_NOTICE:
      check_words (event->notice.who);
      check_words (event->notice.text);
      break;
    case IM_EVENT_MAIL:
      check_words (event->mail.from);
      check_words (event->mail.subject);
      break;
    case IM_EVENT_CHAT_MESSAGE:
      check_words (event->chat_message.from);
      check_text (event->chat_message.text, IM_MAX_MESSAGE_TEXT);
      break;
    default:
      break;
    }
}

/* --- links ------------------------------------------------------------------ */

int
fuzz_live_link (TestHost *host, guint skip)
{
  for (guint i = test_host_n_links (host); i > 0; i--)
    {
      const TestLink *link = test_host_link (host, i - 1);

      if (link->opened && !link->closed && skip-- == 0)
        return (int) i - 1;
    }
  return -1;
}

void
fuzz_feed (TestHost *host, guint link, const void *data, gsize len)
{
  if (!test_host_link (host, link)->closed && len > 0)
    test_host_feed (host, link, data, len);
}

void
fuzz_assert_nothing_left (TestHost *host)
{
  /* What the host itself still has to do. */
  test_host_settle (host);
  g_assert_cmpuint (test_host_n_timers (host), ==, 0);
  for (guint i = 0; i < test_host_n_links (host); i++)
    g_assert_true (test_host_link (host, i)->closed);
  for (guint i = 0; i < test_host_n_requests (host); i++)
    g_assert_true (test_host_request (host, i)->over);
}
