#include "msnweb-frame.h"

#include <string.h>

#include "im-charset.h"
#include "im-line.h"
#include "im-secret.h"

#define VERB_LEN 3
#define MAX_WORDS 8

void
msnweb_command_clear (MsnwebCommand *self)
{
  msnweb_headers_clear (&self->headers);
}

static gboolean
fail (GError **error, ImWireError code, const char *what)
{
  g_set_error_literal (error, IM_WIRE_ERROR, (gint)code, what);
  return FALSE;
}

/* A line whose end is missing within the ceiling is no command. */
static gboolean
take_line (ImReader *reader, ImWord *ret, GError **error)
{
  gsize left = im_reader_left (reader);
  gsize look = MIN (left, (gsize)IM_MAX_MSNWEB_LINE);
  const guint8 *raw;
  const guint8 *end = memchr (reader->pos, '\n', look);

  if (end == NULL)
    return fail (
        error, left > look ? IM_WIRE_ERROR_TOO_LARGE : IM_WIRE_ERROR_TRUNCATED,
        "the line of a command has no end");
  ret->len = (gsize)(end - reader->pos);
  if (!im_reader_raw (reader, ret->len + 1, &raw, error))
    return FALSE;
  ret->text = (const char *)raw;
  if (ret->len > 0 && ret->text[ret->len - 1] == '\r')
    ret->len--;
  return TRUE;
}

static gboolean
is_upper (ImWord word)
{
  for (gsize i = 0; i < word.len; i++)
    if (!g_ascii_isupper (word.text[i]))
      return FALSE;
  return word.len > 0;
}

/* NAME or NAME\NAME */
static gboolean
is_target (ImWord word)
{
  ImWord rest = word;
  ImWord first;

  if (word.len >= MSNWEB_MAX_TARGET)
    return FALSE;
  if (!im_word_cut (&rest, '\\', &first))
    return is_upper (word);
  return is_upper (first) && is_upper (rest);
}

/* What a line says, before anything of the payload is looked at. */
typedef struct
{
  ImWord words[MAX_WORDS];
  guint n;
} Line;

static void
split (ImWord text, Line *ret)
{
  ImLine line;

  ret->n = 0;
  im_line_init (&line, text.text, text.len);
  while (ret->n < MAX_WORDS && im_line_word (&line, &ret->words[ret->n], NULL))
    ret->n++;
}

static gboolean
read_verb (MsnwebCommand *command, ImWord word)
{
  guint64 code = 0;

  if (word.len != VERB_LEN ||
      !(is_upper (word) || im_word_number (word, 999, &code, NULL)))
    return FALSE;
  memcpy (command->verb, word.text, VERB_LEN);
  command->error_code = (guint)code;
  return TRUE;
}

static gboolean
read_number (ImWord word, guint32 *ret)
{
  guint64 number;

  if (!im_word_number (word, G_MAXUINT32, &number, NULL))
    return FALSE;
  *ret = (guint32)number;
  return TRUE;
}

static gboolean
read_length (ImWord word, gsize *ret, GError **error)
{
  guint64 number;

  if (!im_word_number (word, IM_MAX_MSNWEB_PAYLOAD, &number, error))
    return FALSE;
  *ret = (gsize)number;
  return TRUE;
}

static void
set_target (MsnwebCommand *command, ImWord word)
{
  memcpy (command->target, word.text, word.len);
  command->target[word.len] = '\0';
}

/* "SDG 58 347", "NFY PUT 863", "PUT 35 OK 165", "QNG 43", "OUT OTH". What
 * else those versions have is not told: how long it is, is not known. */
static gboolean
read_older (MsnwebCommand *command, const Line *line, gsize *ret,
            GError **error)
{
  guint n = line->n;
  ImWord word = n > 1 ? line->words[1] : im_word ("");

  command->framing = MSNWEB_MSNP21;
  *ret = 0;
  if (strcmp (command->verb, "QNG") == 0 || strcmp (command->verb, "OUT") == 0)
    {
      if (is_target (word))
        set_target (command, word);
      return TRUE;
    }
  if (n == 4 && read_number (word, &command->trid) &&
      im_word_is (line->words[2], "OK"))
    set_target (command, line->words[2]);
  else if (n == 3 && is_target (word))
    set_target (command, word);
  else if (n != 3 || !read_number (word, &command->trid))
    return fail (error, IM_WIRE_ERROR_UNSUPPORTED,
                 "a command of an older protocol");
  if (!im_word_is_digits (line->words[n - 1]))
    return fail (error, IM_WIRE_ERROR_UNSUPPORTED,
                 "a command of an older protocol");
  return read_length (line->words[n - 1], ret, error);
}

static gboolean
read_line (MsnwebCommand *command, ImWord text, gsize *ret_length,
           GError **error)
{
  Line line;

  split (text, &line);
  if (line.n == 0 || !read_verb (command, line.words[0]))
    return fail (error, IM_WIRE_ERROR_MALFORMED, "this is no command");
  if (line.n != 4 || !is_target (line.words[2]) ||
      im_word_is (line.words[2], "OK") || !im_word_is_digits (line.words[3]) ||
      !read_number (line.words[1], &command->trid))
    return read_older (command, &line, ret_length, error);
  set_target (command, line.words[2]);
  return read_length (line.words[3], ret_length, error);
}

static gboolean
read_command (ImReader *reader, MsnwebCommand *command, GError **error)
{
  ImWord line;
  gsize length;

  if (!take_line (reader, &line, error) ||
      !read_line (command, line, &length, error) ||
      !im_reader_sub (reader, length, &command->body, error))
    return FALSE;
  return command->framing == MSNWEB_MSNP21 ||
         msnweb_headers_decode (&command->body, &command->headers, error);
}

MsnwebFrameResult
msnweb_frame_next (ImReader *reader, MsnwebCommand *ret, GError **error)
{
  *ret = (MsnwebCommand){ 0 };
  if (im_reader_left (reader) == 0)
    return MSNWEB_FRAME_END;
  if (read_command (reader, ret, error))
    return MSNWEB_FRAME_GOT;
  msnweb_command_clear (ret);
  *ret = (MsnwebCommand){ 0 };
  return MSNWEB_FRAME_FAILED;
}

gboolean
msnweb_command_is (const MsnwebCommand *command, const char *verb,
                   const char *target)
{
  return strcmp (command->verb, verb) == 0 &&
         strcmp (command->target, target) == 0;
}

const char *
msnweb_command_registration (const MsnwebCommand *command)
{
  const char *token =
      msnweb_headers_get (&command->headers, "Set-Registration");

  return token != NULL && *token != '\0' ? token : NULL;
}

char *
msnweb_command_words (const MsnwebCommand *command)
{
  ImReader body = command->body;
  gsize len = im_reader_left (&body);
  const guint8 *raw = NULL;

  im_reader_raw (&body, len, &raw, NULL);
  return g_strstrip (im_charset_to_utf8 (raw, len, "UTF-8", NULL));
}

void
msnweb_request_clear (MsnwebRequest *self)
{
  g_clear_pointer (&self->ack_id, g_free);
  g_clear_pointer (&self->last_msg_id, g_free);
  /* Tickets are among the bodies. */
  if (self->body != NULL)
    im_secret_wipe (self->body, strlen (self->body));
  g_clear_pointer (&self->body, g_free);
}

MsnwebRequest
msnweb_request_take (const char *verb, const char *target, char *body)
{
  return (MsnwebRequest){ .verb = verb, .target = target, .body = body };
}

MsnwebRequest
msnweb_request_ack (const char *ack_id)
{
  return (MsnwebRequest){ .verb = "ACK",
                          .target = "MSGR",
                          .ack_id = g_strdup (ack_id) };
}

/* The order of the headers is the one of official clients. */
void
msnweb_request_write (const MsnwebRequest *request, guint32 trid,
                      const char *registration, ImWriter *writer)
{
  g_autoptr (GString) headers = g_string_new (NULL);
  g_autofree char *line = NULL;
  gsize body = request->body != NULL ? strlen (request->body) : 0;

  msnweb_headers_add (headers, "Ack-Id", request->ack_id);
  msnweb_headers_add (headers, "Registration", registration);
  msnweb_headers_add (headers, "Last-Msg-Id", request->last_msg_id);
  msnweb_headers_end (headers);
  line = g_strdup_printf ("%s %u %s %" G_GSIZE_FORMAT "\r\n", request->verb,
                          trid, request->target, headers->len + body);
  im_writer_raw (writer, line, strlen (line));
  im_writer_raw (writer, headers->str, headers->len);
  im_writer_raw (writer, request->body, body);
}
