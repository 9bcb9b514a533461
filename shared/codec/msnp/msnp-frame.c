#include "msnp-frame.h"

#include <stdarg.h>
#include <string.h>

#include "msnp-param.h"

#define VERB_LEN 3

/* What can follow a verb, one way. */
typedef enum
{
  WORDS = 0,
  TRID = 1 << 0,         /* the first word is the transaction */
  MAYBE_TRID = 1 << 1,   /* it is, if it is a number */
  LENGTH = 1 << 2,       /* the last word is the payload's length */
  MAYBE_LENGTH = 1 << 3, /* it is, if it is a number */
} Shape;

typedef struct
{
  char verb[VERB_LEN + 1];
  Shape from_server;
  Shape from_client;
  guint32 max_payload;
} Row;

/* Sorted, for searching by halves. Not here: what has words only. */
static const Row rows[] = {
  { "ACK", TRID, TRID, 0 },
  { "ADC", TRID, TRID, 0 },
  { "ADD", TRID, TRID, 0 },
  { "ADG", TRID, TRID, 0 },
  /* A confirmation ends in "OK". */
  { "ADL", TRID | MAYBE_LENGTH, TRID | LENGTH, IM_MAX_MSNP_LIST },
  { "ANS", TRID, TRID, 0 },
  /* In a list that is downloaded there is no transaction. */
  { "BLP", MAYBE_TRID, TRID, 0 },
  { "CAL", TRID, TRID, 0 },
  { "CHG", TRID, TRID, 0 },
  { "CHL", TRID, TRID, 0 },
  { "CVR", TRID, TRID, 0 },
  { "DEL", TRID | MAYBE_LENGTH, TRID | LENGTH, IM_MAX_MSNP_MESSAGE },
  { "FND", TRID, TRID, 0 },
  { "FQY", TRID | MAYBE_LENGTH, TRID | LENGTH, IM_MAX_MSNP_LIST },
  { "GCF", TRID | LENGTH, TRID, IM_MAX_MSNP_CONFIG },
  { "GTC", MAYBE_TRID, TRID, 0 },
  { "ILN", TRID, TRID, 0 },
  { "IMS", TRID, TRID, 0 },
  { "INF", TRID, TRID, 0 },
  { "IPG", LENGTH, WORDS, IM_MAX_MSNP_MESSAGE },
  { "IRO", TRID, TRID, 0 },
  { "MSG", LENGTH, TRID | LENGTH, IM_MAX_MSNP_MESSAGE },
  { "NAK", TRID, TRID, 0 },
  { "NFY", LENGTH, LENGTH, IM_MAX_MSNP_LIST },
  { "NOT", LENGTH, WORDS, IM_MAX_MSNP_MESSAGE },
  { "PAG", TRID, TRID | LENGTH, IM_MAX_MSNP_MESSAGE },
  { "PGD", TRID, TRID | LENGTH, IM_MAX_MSNP_MESSAGE },
  { "PRP", MAYBE_TRID, TRID, 0 },
  { "PUT", TRID | MAYBE_LENGTH, TRID | LENGTH, IM_MAX_MSNP_LIST },
  { "QRY", TRID, TRID | LENGTH, IM_MAX_MSNP_MESSAGE },
  { "REA", TRID, TRID, 0 },
  { "REG", TRID, TRID, 0 },
  { "REM", TRID, TRID, 0 },
  { "RMG", TRID, TRID, 0 },
  { "RML", TRID | MAYBE_LENGTH, TRID | LENGTH, IM_MAX_MSNP_LIST },
  { "SBP", TRID, TRID, 0 },
  { "SBS", TRID, TRID, 0 },
  { "SDC", TRID, TRID | LENGTH, IM_MAX_MSNP_MESSAGE },
  { "SDG", MAYBE_TRID | MAYBE_LENGTH, TRID | LENGTH, IM_MAX_MSNP_MESSAGE },
  { "SND", TRID, TRID, 0 },
  { "SYN", TRID, TRID, 0 },
  { "UBM", LENGTH, WORDS, IM_MAX_MSNP_MESSAGE },
  { "UBN", LENGTH, WORDS, IM_MAX_MSNP_MESSAGE },
  { "UBX", LENGTH, WORDS, IM_MAX_MSNP_MESSAGE },
  { "URL", TRID, TRID, 0 },
  { "USR", TRID, TRID, 0 },
  { "UUM", TRID, TRID | LENGTH, IM_MAX_MSNP_MESSAGE },
  { "UUN", TRID, TRID | LENGTH, IM_MAX_MSNP_MESSAGE },
  /* The zero of "UUX 9 0" is no length. */
  { "UUX", TRID, TRID | LENGTH, IM_MAX_MSNP_MESSAGE },
  { "VAS", TRID, TRID | LENGTH, IM_MAX_MSNP_MESSAGE },
  { "VER", TRID, TRID, 0 },
  { "XFR", TRID, TRID, 0 },
};

static const Row error_row = { "", MAYBE_TRID, MAYBE_TRID, 0 };
static const Row list_error_row = { "", TRID | MAYBE_LENGTH, WORDS,
                                    IM_MAX_MSNP_LIST };
static const Row other_row = { "", WORDS, WORDS, 0 };

static const Row *
find_row (const char *verb)
{
  gsize low = 0;
  gsize high = G_N_ELEMENTS (rows);

  while (low < high)
    {
      gsize middle = (low + high) / 2;
      int order = memcmp (verb, rows[middle].verb, VERB_LEN);

      if (order == 0)
        return &rows[middle];
      if (order < 0)
        high = middle;
      else
        low = middle + 1;
    }
  return &other_row;
}

gboolean
msnp_command_is (const MsnpCommand *command, const char *verb)
{
  return strcmp (command->verb, verb) == 0;
}

ImWord
msnp_command_param (const MsnpCommand *command, guint n)
{
  return n < command->n_params ? command->params[n] : im_word ("");
}

void
msnp_framer_init (MsnpFramer *framer, MsnpSender sender)
{
  *framer = (MsnpFramer){ .sender = sender, .buffer = g_byte_array_new () };
}

void
msnp_framer_clear (MsnpFramer *framer)
{
  g_clear_pointer (&framer->buffer, g_byte_array_unref);
  g_clear_pointer (&framer->edits, g_hash_table_unref);
  framer->taken = 0;
}

void
msnp_framer_expect_list_error (MsnpFramer *framer, guint32 trid)
{
  if (framer->edits == NULL)
    framer->edits = g_hash_table_new (NULL, NULL);
  g_hash_table_add (framer->edits, GUINT_TO_POINTER (trid));
}

gsize
msnp_waiting (const MsnpFramer *framer)
{
  return framer->buffer->len - framer->taken;
}

/* As the FLAP framer does: every byte is moved once at most on average. */
static void
drop_taken (MsnpFramer *framer)
{
  gsize left = msnp_waiting (framer);

  if (left == 0)
    g_byte_array_set_size (framer->buffer, 0);
  else if (framer->taken > left)
    g_byte_array_remove_range (framer->buffer, 0, (guint)framer->taken);
  else
    return;
  framer->taken = 0;
}

gboolean
msnp_push (MsnpFramer *framer, const void *data, gsize len, GError **error)
{
  drop_taken (framer);
  if (len > IM_MAX_MSNP_WAITING - msnp_waiting (framer))
    {
      g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE,
                   "more than %u bytes of commands are waiting",
                   IM_MAX_MSNP_WAITING);
      return FALSE;
    }
  if (len > 0)
    g_byte_array_append (framer->buffer, data, (guint)len);
  return TRUE;
}

static gboolean
malformed (GError **error, const char *what)
{
  g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED, what);
  return FALSE;
}

static gboolean
too_large (GError **error, const char *what)
{
  g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE, what);
  return FALSE;
}

/* The length of the line at the front with its end, or 0 if its end has not
 * come. */
static gboolean
find_line (MsnpFramer *framer, gsize *ret_len, GError **error)
{
  const guint8 *start = framer->buffer->data + framer->taken;
  gsize waiting = msnp_waiting (framer);
  const guint8 *end =
      memchr (start + framer->scanned, '\n', waiting - framer->scanned);

  *ret_len = end != NULL ? (gsize)(end - start) + 1 : 0;
  framer->scanned = end != NULL ? *ret_len - 1 : waiting;
  if (framer->scanned > IM_MAX_MSNP_LINE + 1)
    return too_large (error, "a command line is too long");
  return TRUE;
}

static gboolean
read_verb (ImLine *line, MsnpCommand *ret, GError **error)
{
  guint64 code = 0;
  ImWord word;

  if (!im_line_word (line, &word, error))
    return FALSE;
  if (word.len != VERB_LEN)
    return malformed (error, "a line does not begin with a command");
  if (!im_word_number (word, 999, &code, NULL))
    for (gsize i = 0; i < VERB_LEN; i++)
      if (!g_ascii_isupper (word.text[i]))
        return malformed (error, "a line does not begin with a command");
  memcpy (ret->verb, word.text, VERB_LEN);
  ret->error_code = (guint)code;
  return TRUE;
}

static gboolean
read_params (ImLine *line, MsnpCommand *ret, GError **error)
{
  while (!im_line_at_end (line))
    {
      if (ret->n_params == IM_MAX_MSNP_PARAMS)
        return too_large (error, "a command has too many words");
      if (!im_line_word (line, &ret->params[ret->n_params], error))
        return FALSE;
      ret->n_params++;
    }
  while (ret->n_params > 0 && ret->params[ret->n_params - 1].len == 0)
    ret->n_params--;
  return TRUE;
}

static gboolean
take_trid (Shape shape, MsnpCommand *ret, GError **error)
{
  guint64 trid;

  if (!(shape & (TRID | MAYBE_TRID)))
    return TRUE;
  if ((shape & MAYBE_TRID) &&
      (ret->n_params == 0 || !im_word_is_digits (ret->params[0])))
    return TRUE;
  if (ret->n_params == 0)
    return malformed (error, "a command has no transaction id");
  if (!im_word_number (ret->params[0], G_MAXUINT32, &trid, error))
    {
      g_prefix_error (error, "transaction id: ");
      return FALSE;
    }
  ret->has_trid = TRUE;
  ret->trid = (guint32)trid;
  ret->n_params--;
  memmove (ret->params, ret->params + 1, ret->n_params * sizeof (ImWord));
  return TRUE;
}

static gboolean
take_length (const Row *row, Shape shape, MsnpCommand *ret, gsize *ret_len,
             GError **error)
{
  guint64 len;

  *ret_len = 0;
  if (!(shape & (LENGTH | MAYBE_LENGTH)))
    return TRUE;
  if ((shape & MAYBE_LENGTH) &&
      (ret->n_params == 0 ||
       !im_word_is_digits (ret->params[ret->n_params - 1])))
    return TRUE;
  if (ret->n_params == 0)
    return malformed (error, "a command has no length");
  if (!im_word_number (ret->params[ret->n_params - 1], row->max_payload, &len,
                       error))
    {
      g_prefix_error (error, "length of a payload: ");
      return FALSE;
    }
  ret->n_params--;
  ret->has_payload = TRUE;
  *ret_len = (gsize)len;
  return TRUE;
}

/* Errors without a number still are errors: Escargot's of the sign-on have
 * one, the switchboard's at times none. */
static const Row *
row_of (const MsnpFramer *framer, const MsnpCommand *command)
{
  guint64 trid;

  if (command->error_code == 0)
    return find_row (command->verb);
  if (framer->edits != NULL && command->n_params > 1 &&
      im_word_number (command->params[0], G_MAXUINT32, &trid, NULL) &&
      g_hash_table_contains (framer->edits, GUINT_TO_POINTER ((guint)trid)))
    return &list_error_row;
  return &error_row;
}

static gboolean
read_line (const MsnpFramer *framer, const char *text, gsize len,
           MsnpCommand *ret, gsize *ret_payload, GError **error)
{
  const Row *row;
  ImLine line;
  Shape shape;

  im_line_init (&line, text, len);
  if (!read_verb (&line, ret, error) || !read_params (&line, ret, error))
    return FALSE;
  row = row_of (framer, ret);
  shape =
      framer->sender == MSNP_FROM_SERVER ? row->from_server : row->from_client;
  if (!take_trid (shape, ret, error) ||
      !take_length (row, shape, ret, ret_payload, error))
    {
      g_prefix_error (error, "%s: ", ret->verb);
      return FALSE;
    }
  return TRUE;
}

static void
take (MsnpFramer *framer, gsize len)
{
  framer->taken += len;
  framer->scanned = 0;
  framer->needed = 0;
}

static void
forget_edit (MsnpFramer *framer, const MsnpCommand *command)
{
  if (framer->edits != NULL && command->has_trid)
    g_hash_table_remove (framer->edits, GUINT_TO_POINTER (command->trid));
}

/* All but the words, which take a kilobyte. */
static void
clear (MsnpCommand *command)
{
  memset (command->verb, 0, sizeof command->verb);
  command->error_code = 0;
  command->has_trid = FALSE;
  command->trid = 0;
  command->n_params = 0;
  command->has_payload = FALSE;
}

MsnpResult
msnp_next (MsnpFramer *framer, MsnpCommand *ret, GError **error)
{
  while (msnp_waiting (framer) > framer->needed)
    {
      const char *text = (const char *)framer->buffer->data + framer->taken;
      gsize payload;
      gsize line;
      gsize len;

      if (!find_line (framer, &line, error))
        return MSNP_FAILED;
      if (line == 0)
        return MSNP_NEED_MORE;
      len = line - 1;
      if (len > 0 && text[len - 1] == '\r')
        len--;
      if (len == 0)
        {
          take (framer, line);
          continue;
        }
      clear (ret);
      if (!read_line (framer, text, len, ret, &payload, error))
        return MSNP_FAILED;
      if (msnp_waiting (framer) - line < payload)
        {
          framer->needed = line + payload - 1;
          return MSNP_NEED_MORE;
        }
      im_reader_init (&ret->payload, text + line, payload);
      take (framer, line + payload);
      forget_edit (framer, ret);
      return MSNP_GOT;
    }
  return MSNP_NEED_MORE;
}

static void
add_raw (ImWriter *writer, const char *text)
{
  im_writer_raw (writer, text, strlen (text));
}

void
msnp_open (ImWriter *writer, const char *verb, guint32 trid)
{
  add_raw (writer, verb);
  if (trid != 0)
    msnp_add_number (writer, trid);
}

void
msnp_add (ImWriter *writer, const char *word)
{
  static const char digits[] = "0123456789ABCDEF";

  if (*word == '\0')
    return;
  im_writer_u8 (writer, ' ');
  for (const guint8 *p = (const guint8 *)word; *p != '\0'; p++)
    {
      char code[] = { '%', digits[*p >> 4], digits[*p & 15] };

      if (*p > ' ' && *p < 0x7f)
        im_writer_u8 (writer, *p);
      else
        im_writer_raw (writer, code, sizeof code);
    }
}

void
msnp_add_text (ImWriter *writer, const char *utf8)
{
  g_autofree char *escaped = msnp_param_escape (utf8);

  msnp_add (writer, escaped);
}

void
msnp_add_number (ImWriter *writer, guint64 number)
{
  char text[24];

  g_snprintf (text, sizeof text, " %" G_GUINT64_FORMAT, number);
  add_raw (writer, text);
}

void
msnp_close (ImWriter *writer)
{
  add_raw (writer, "\r\n");
}

void
msnp_close_payload (ImWriter *writer, const void *payload, gsize len)
{
  msnp_add_number (writer, len);
  msnp_close (writer);
  im_writer_raw (writer, payload, len);
}

void
msnp_encode (ImWriter *writer, const char *verb, guint32 trid, ...)
{
  const char *word;
  va_list words;

  msnp_open (writer, verb, trid);
  va_start (words, trid);
  while ((word = va_arg (words, const char *)) != NULL)
    msnp_add (writer, word);
  va_end (words);
  msnp_close (writer);
}
