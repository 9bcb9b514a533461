#include "glue-transfer.h"

#include <string.h>

#include "glue-chat.h"
#include "glue-i18n.h"

/* Progress is shown that often at most, in microseconds: each time costs the
 * host a redrawn window. */
#define SHOW_US (100 * 1000)

/**
 * Transfer:
 * @glue: (nullable): %NULL once the connection is over
 * @id: what the session knows it by; 0 before it was asked
 * @xfer: what the host knows; we have a reference
 * @who: for whom, or what the room is called
 * @chat: the room it is for, or 0
 * @file: (nullable): open while it is sent. bitlbee removes the file at the
 *   first sign of progress
 * @shown_us: when progress was last shown
 */
typedef struct
{
  GlueHost *glue;
  guint id;
  PurpleXfer *xfer;
  char *who;
  guint chat;
  FILE *file;
  gint64 shown_us;
} Transfer;

static guint last_id;

static void
transfer_free (Transfer *transfer)
{
  if (transfer->glue != NULL)
    transfer->glue->transfers =
        g_list_remove (transfer->glue->transfers, transfer);
  if (transfer->file != NULL)
    fclose (transfer->file);
  transfer->xfer->data = NULL;
  purple_xfer_unref (transfer->xfer);
  g_free (transfer->who);
  g_free (transfer);
}

static Transfer *
find_transfer (GlueHost *glue, guint id)
{
  for (GList *l = glue->transfers; l != NULL; l = l->next)
    if (((Transfer *) l->data)->id == id)
      return l->data;
  return NULL;
}

/* --- the file ---------------------------------------------------------------- */

static gssize
read_file (gpointer user, void *buffer, gsize len)
{
  Transfer *transfer = user;
  gsize got = fread (buffer, 1, len, transfer->file);

  return got == 0 && ferror (transfer->file) ? -1 : (gssize) got;
}

static gboolean
rewind_file (gpointer user)
{
  Transfer *transfer = user;

  return fseek (transfer->file, 0, SEEK_SET) == 0;
}

/* --- words -------------------------------------------------------------------- */

static char *
too_large (const ImEventTransfer *transfer)
{
  g_autofree char *limit = NULL;

  if (transfer->limit == 0)
    return g_strdup (_("It is too large for this server."));
  limit = g_format_size (transfer->limit);
  /* Translators: a size such as 10.5 MB. */
  return g_strdup_printf (_("It is too large for this server: the limit is "
                            "%s."),
                          limit);
}

static char *
server_trouble (const ImEventTransfer *transfer)
{
  if (transfer->code == 0)
    return g_strdup (_("The server had a problem."));
  /* Translators: a number. */
  return g_strdup_printf (_("The server had a problem (error %u)."),
                          transfer->code);
}

static char *
why_not (const ImEventTransfer *transfer)
{
  switch (transfer->reason)
    {
    case IM_UNSENT_NONE:
      break;
    case IM_UNSENT_NO_SERVICE:
      return g_strdup (_("Your server does not take files."));
    case IM_UNSENT_TOO_LARGE:
      return too_large (transfer);
    case IM_UNSENT_QUOTA:
      return g_strdup (_("You have sent as much as the server takes for now. "
                         "Try again later."));
    case IM_UNSENT_NOT_ALLOWED:
      return g_strdup (_("Your server does not let you send it."));
    case IM_UNSENT_UNREADABLE:
      return g_strdup (_("The file could not be read."));
    case IM_UNSENT_UNSAFE:
      return g_strdup (_("The server wanted it at an address that is not "
                         "encrypted."));
    case IM_UNSENT_NETWORK:
      return g_strdup (_("The place for files on the server could not be "
                         "reached."));
    case IM_UNSENT_DISCONNECTED:
      return g_strdup (_("You are not signed on."));
    case IM_UNSENT_SERVER:
      return server_trouble (transfer);
    }
  return g_strdup ("");
}

static void
note_failed (GlueHost *glue, const char *who, guint chat, const char *name,
             const ImEventTransfer *event)
{
  g_autofree char *why = why_not (event);
  /* Translators: the name of a file, and why. */
  g_autofree char *line =
      g_strdup_printf (_("\"%s\" was not sent. %s"), name, why);
  g_autofree char *html = g_markup_escape_text (line, -1);

  if (chat != 0)
    glue_chat_note (glue, chat, html);
  else
    glue_conversation_note (glue, who, html, TRUE);
}

/* --- what the host calls --------------------------------------------------------- */

static const char *
name_of (const Transfer *transfer)
{
  const char *name = purple_xfer_get_filename (transfer->xfer);

  return name != NULL && g_utf8_validate (name, -1, NULL) ? name : "file";
}

static void
on_init (PurpleXfer *xfer)
{
  Transfer *transfer = xfer->data;
  GlueHost *glue = transfer->glue;
  GlueFile file = { .source = { .read = read_file, .rewind = rewind_file } };

  transfer->file = fopen (purple_xfer_get_local_filename (xfer), "rb");
  if (transfer->file == NULL)
    {
      const ImEventTransfer event = { .reason = IM_UNSENT_UNREADABLE };

      note_failed (glue, transfer->who, transfer->chat, name_of (transfer),
                   &event);
      purple_xfer_cancel_local (xfer);
      return;
    }
  transfer->id = ++last_id;
  file.id = transfer->id;
  file.to = transfer->who;
  file.chat = transfer->chat;
  file.name = name_of (transfer);
  file.source.size = purple_xfer_get_size (xfer);
  file.source.user = transfer;
  purple_xfer_ref (xfer);
  purple_xfer_start (xfer, -1, NULL, 0);
  if (xfer->data != NULL && transfer->glue != NULL)
    glue->protocol->send_file (glue->session, &file);
  purple_xfer_unref (xfer);
}

/* The user does not want it any more, or we ended it. */
static void
on_cancelled (PurpleXfer *xfer)
{
  Transfer *transfer = xfer->data;

  if (transfer == NULL)
    return;
  if (transfer->glue != NULL && transfer->id != 0)
    transfer->glue->protocol->cancel_file (transfer->glue->session,
                                           transfer->id);
  transfer_free (transfer);
}

static void
on_end (PurpleXfer *xfer)
{
  if (xfer->data != NULL)
    transfer_free (xfer->data);
}

void
glue_transfer_send (PurpleConnection *gc, const char *who, guint chat,
                    const char *path)
{
  GlueHost *glue = glue_host_of (gc);
  Transfer *transfer;

  if (glue == NULL)
    return;
  transfer = g_new0 (Transfer, 1);
  transfer->glue = glue;
  transfer->who = g_strdup (who);
  transfer->chat = chat;
  transfer->xfer = purple_xfer_new (glue->account, PURPLE_XFER_SEND, who);
  purple_xfer_ref (transfer->xfer);
  transfer->xfer->data = transfer;
  glue->transfers = g_list_prepend (glue->transfers, transfer);
  purple_xfer_set_init_fnc (transfer->xfer, on_init);
  purple_xfer_set_cancel_send_fnc (transfer->xfer, on_cancelled);
  purple_xfer_set_end_fnc (transfer->xfer, on_end);
  if (path != NULL)
    purple_xfer_request_accepted (transfer->xfer, path);
  else
    purple_xfer_request (transfer->xfer);
}

/* --- what the session reports ------------------------------------------------------- */

static void
show_progress (Transfer *transfer, guint64 done)
{
  gint64 now = g_get_monotonic_time ();
  gboolean all = done >= purple_xfer_get_size (transfer->xfer);

  purple_xfer_set_bytes_sent (transfer->xfer, done);
  if (!all && now - transfer->shown_us < SHOW_US)
    return;
  transfer->shown_us = now;
  purple_xfer_update_progress (transfer->xfer);
}

/* libpurple would say in the conversation that the user cancelled it. */
static void
end_quietly (Transfer *transfer)
{
  PurpleXfer *xfer = transfer->xfer;
  char *who = xfer->who;

  transfer->id = 0;
  purple_xfer_ref (xfer);
  xfer->who = (char *) "";
  purple_xfer_cancel_local (xfer);
  xfer->who = who;
  purple_xfer_unref (xfer);
}

void
glue_transfer_on_event (GlueHost *glue, const ImEvent *event)
{
  const ImEventTransfer *what = &event->transfer;
  Transfer *transfer = find_transfer (glue, what->id);
  PurpleXfer *xfer;

  if (transfer == NULL)
    return;
  xfer = transfer->xfer;
  switch (what->state)
    {
    case IM_TRANSFER_MOVING:
      show_progress (transfer, what->done);
      break;
    case IM_TRANSFER_DONE:
      show_progress (transfer, purple_xfer_get_size (xfer));
      purple_xfer_set_completed (xfer, TRUE);
      purple_xfer_end (xfer);
      break;
    case IM_TRANSFER_FAILED:
      note_failed (glue, transfer->who, transfer->chat, name_of (transfer),
                   what);
      end_quietly (transfer);
      break;
    }
}

void
glue_transfer_closing (GlueHost *glue)
{
  while (glue->transfers != NULL)
    {
      Transfer *transfer = glue->transfers->data;
      const ImEventTransfer event = { .reason = IM_UNSENT_DISCONNECTED };

      /* There are no rooms any more to say it in. */
      if (transfer->id != 0 && transfer->chat == 0)
        note_failed (glue, transfer->who, transfer->chat, name_of (transfer),
                     &event);
      glue->transfers = g_list_remove (glue->transfers, transfer);
      if (transfer->id != 0 && glue->session != NULL)
        glue->protocol->cancel_file (glue->session, transfer->id);
      transfer->glue = NULL;
      end_quietly (transfer);
    }
}
