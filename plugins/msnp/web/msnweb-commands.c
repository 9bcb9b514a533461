#include "msnweb-session-private.h"

#include <string.h>

/* Seconds a server may take to answer a command. */
#define ANSWER_SECONDS 60

/* Commands that are handled in one turn of the main loop. */
#define PER_TURN 64

typedef struct
{
  MsnwebRequest request;
  MsnwebAnswerFunc func;
  gpointer data;
  GDestroyNotify destroy;
  guint32 trid;  /* once it was sent */
  gint64 due_ms; /* for the answer */
} Pending;

struct _MsnwebCommands
{
  GQueue waiting;     /* owned Pending: not sent */
  GQueue sent;        /* owned Pending, by number: not answered */
  guint32 last_trid;
  char *registration; /* nullable: what to show with each command */
  ImTimer *timer;     /* nullable: for the oldest answer */
  guint era;          /* counts gateway sessions */
};

/* --- Who is told of what the server says -------------------------------- */

typedef struct
{
  const char *verb;
  const char *target;
  void (*handle) (MsnwebSession *session, const MsnwebCommand *command);
} Handler;

static const Handler handlers[] = {
  { "SDG", "MSGR", msnweb_talks_handle },
  { "NFY", "MSGR\\PUT", msnweb_people_handle },
  { "NFY", "MSGR\\DEL", msnweb_people_handle },
  { "NFY", "MSGR\\THREAD", msnweb_chats_handle },
  { "NFY", "MSGR\\HOTMAIL", msnweb_notices_handle_mail },
  { "NFY", "MSGR\\ABCH", msnweb_notices_handle_list },
  { "OUT", "CON", msnweb_ladder_handle_out },
};

/* --- Pending ------------------------------------------------------------ */

static void
free_pending (gpointer data)
{
  Pending *pending = data;

  msnweb_request_clear (&pending->request);
  if (pending->destroy != NULL)
    pending->destroy (pending->data);
  g_free (pending);
}

/* Whoever is told may send, lose or end the session. */
static void
tell (MsnwebSession *session, Pending *pending, MsnwebOutcome outcome,
      const MsnwebCommand *answer)
{
  if (pending->func != NULL)
    pending->func (session, outcome, answer, pending->data);
  free_pending (pending);
}

static void on_late (gpointer user);

/* The oldest is the first that is due. */
static void
watch (MsnwebSession *session)
{
  MsnwebCommands *self = session->commands;
  const Pending *first = g_queue_peek_head (&self->sent);
  ImHost *host = session->host;

  if (self->timer != NULL || first == NULL)
    return;
  self->timer = host->ops->timer_add (
      host, (guint) MAX (first->due_ms - host->ops->monotonic_ms (host), 0),
      on_late, session);
}

static void
on_late (gpointer user)
{
  MsnwebSession *session = user;
  MsnwebCommands *self = session->commands;
  gint64 now = session->host->ops->monotonic_ms (session->host);
  const Pending *first;

  self->timer = NULL;
  msnweb_session_ref (session);
  while ((first = g_queue_peek_head (&self->sent)) != NULL &&
         first->due_ms <= now)
    {
      im_host_debug (session->host, "msnweb: no answer to %s %s",
                     first->request.verb, first->request.target);
      tell (session, g_queue_pop_head (&self->sent), MSNWEB_LATE, NULL);
    }
  watch (session);
  msnweb_session_unref (session);
}

void
msnweb_commands_send (MsnwebSession *session, MsnwebRequest request,
                      MsnwebAnswerFunc func, gpointer data,
                      GDestroyNotify destroy)
{
  Pending *pending = g_new0 (Pending, 1);

  pending->request = request;
  pending->func = func;
  pending->data = data;
  pending->destroy = destroy;
  g_queue_push_tail (&session->commands->waiting, pending);
  msnweb_gateway_kick (session->gateway);
}

/* --- Sending ------------------------------------------------------------ */

/* Appends the oldest command if there is room for it; one alone always has. */
static gboolean
write_next (MsnwebSession *session, GByteArray *body, gsize max)
{
  MsnwebCommands *self = session->commands;
  Pending *pending = g_queue_peek_head (&self->waiting);
  g_auto (ImWriter) writer = { 0 };

  if (pending == NULL)
    return FALSE;
  im_writer_init (&writer, 2 * IM_MAX_MSNWEB_PAYLOAD);
  msnweb_request_write (&pending->request, self->last_trid + 1,
                        self->registration, &writer);
  if (body->len > 0 && body->len + writer.bytes->len > max)
    return FALSE;
  g_byte_array_append (body, writer.bytes->data, writer.bytes->len);
  pending->trid = ++self->last_trid;
  pending->due_ms = session->host->ops->monotonic_ms (session->host) +
                    ANSWER_SECONDS * 1000;
  g_queue_push_tail (&self->sent, g_queue_pop_head (&self->waiting));
  return TRUE;
}

static GBytes *
write_body (MsnwebSession *session, gsize max)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  while (write_next (session, body, max))
    ;
  if (body->len == 0)
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&body));
}

static GBytes *
take (gpointer user, gsize max)
{
  MsnwebSession *session = user;
  GBytes *body = write_body (session, max);

  watch (session);
  return body;
}

GBytes *
msnweb_commands_farewell (MsnwebSession *session)
{
  Pending *last = g_new0 (Pending, 1);

  last->request = msnweb_connect_encode_out ();
  g_queue_push_tail (&session->commands->waiting, last);
  return write_body (session, G_MAXSIZE);
}

/* --- Answers ------------------------------------------------------------ */

static Pending *
take_sent (MsnwebCommands *self, guint32 trid)
{
  for (GList *l = self->sent.head; l != NULL; l = l->next)
    {
      Pending *pending = l->data;

      if (pending->trid == trid)
        {
          g_queue_delete_link (&self->sent, l);
          return pending;
        }
    }
  return NULL;
}

static void
handle_error (MsnwebSession *session, const MsnwebCommand *command)
{
  g_autofree char *words = msnweb_command_words (command);

  im_host_debug (session->host, "msnweb: error %u", command->error_code);
  msnweb_ladder_error (session, command->error_code, words);
}

static void
handle_answer (MsnwebSession *session, Pending *pending,
               const MsnwebCommand *command)
{
  guint era = session->commands->era;

  if (command->error_code == 0)
    {
      tell (session, pending, MSNWEB_ANSWERED, command);
      return;
    }
  im_host_debug (session->host, "msnweb: %s %s is refused",
                 pending->request.verb, pending->request.target);
  tell (session, pending, MSNWEB_REFUSED, command);
  /* Whom it was for has seen to it, or it is the session's business too. */
  if (!session->gone && session->commands->era == era)
    handle_error (session, command);
}

static void
handle_news (MsnwebSession *session, const MsnwebCommand *command)
{
  if (command->error_code != 0)
    {
      handle_error (session, command);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    if (msnweb_command_is (command, handlers[i].verb, handlers[i].target))
      {
        handlers[i].handle (session, command);
        return;
      }
  im_host_debug (session->host, "msnweb: %s %s is not understood",
                 command->verb, command->target);
}

/* MSNP21, which another session would not change. */
static void
fail_old (MsnwebSession *session)
{
  msnweb_session_fail_simple (session, IM_PROBLEM_PROTOCOL, 0,
                              "the server speaks an older protocol");
}

static void
handle (MsnwebSession *session, const MsnwebCommand *command)
{
  MsnwebCommands *self = session->commands;
  const char *registration = msnweb_command_registration (command);
  Pending *pending = NULL;

  if (command->framing == MSNWEB_MSNP21)
    {
      fail_old (session);
      return;
    }
  if (registration != NULL && *registration != '\0')
    {
      g_free (self->registration);
      self->registration = g_strdup (registration);
    }
  if (command->trid != 0)
    pending = take_sent (self, command->trid);
  if (pending != NULL)
    handle_answer (session, pending, command);
  /* A late answer; what the server says by itself has no number. */
  else if (command->trid == 0 || command->error_code != 0)
    handle_news (session, command);
}

static gboolean
read_some (gpointer user, ImReader *reader, GError **error)
{
  MsnwebSession *session = user;
  guint era = session->commands->era;
  MsnwebFrameResult result = MSNWEB_FRAME_GOT;
  g_autoptr (GError) problem = NULL;

  msnweb_session_ref (session);
  for (guint i = 0; i < PER_TURN && result == MSNWEB_FRAME_GOT; i++)
    {
      g_auto (MsnwebCommand) command = { 0 };

      result = msnweb_frame_next (reader, &command, &problem);
      if (result == MSNWEB_FRAME_GOT)
        handle (session, &command);
      else if (g_error_matches (problem, IM_WIRE_ERROR,
                                IM_WIRE_ERROR_UNSUPPORTED))
        fail_old (session);
      if (session->gone || session->commands->era != era)
        break;
    }
  msnweb_session_unref (session);
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  return result != MSNWEB_FRAME_FAILED;
}

/* The newest of what was sent last. */
static void
too_large (gpointer user)
{
  MsnwebSession *session = user;
  Pending *newest = g_queue_pop_tail (&session->commands->sent);

  if (newest != NULL)
    tell (session, newest, MSNWEB_TOO_LARGE, NULL);
}

static void
on_opened (gpointer user)
{
  msnweb_ladder_opened (user);
}

static void
on_ended (gpointer user, MsnwebEnd how, ImProblem problem, const char *detail)
{
  MsnwebSession *session = user;

  msnweb_session_ref (session);
  msnweb_ladder_ended (session, how, problem, detail);
  msnweb_session_unref (session);
}

const MsnwebGatewayHandlers msnweb_commands_handlers = {
  .opened = on_opened,
  .take = take,
  .read = read_some,
  .too_large = too_large,
  .ended = on_ended,
};

/* --- The end of a gateway session --------------------------------------- */

static void
forget (MsnwebSession *session)
{
  MsnwebCommands *self = session->commands;

  self->era++;
  self->last_trid = 0;
  g_clear_pointer (&self->registration, g_free);
  session->host->ops->timer_cancel (session->host,
                                    g_steal_pointer (&self->timer));
}

static void
tell_all (MsnwebSession *session, GQueue *queue, MsnwebOutcome outcome)
{
  GQueue told = *queue;
  Pending *pending;

  g_queue_init (queue);
  while ((pending = g_queue_pop_head (&told)) != NULL)
    tell (session, pending, outcome, NULL);
}

void
msnweb_commands_lose (MsnwebSession *session)
{
  MsnwebCommands *self = session->commands;

  forget (session);
  tell_all (session, &self->sent, MSNWEB_LOST);
  tell_all (session, &self->waiting, MSNWEB_UNSENT);
}

void
msnweb_commands_discard (MsnwebSession *session)
{
  MsnwebCommands *self = session->commands;

  forget (session);
  g_queue_clear_full (&self->sent, free_pending);
  g_queue_clear_full (&self->waiting, free_pending);
}

void
msnweb_commands_init (MsnwebSession *session)
{
  session->commands = g_new0 (MsnwebCommands, 1);
  g_queue_init (&session->commands->waiting);
  g_queue_init (&session->commands->sent);
}

void
msnweb_commands_clear (MsnwebSession *session)
{
  msnweb_commands_discard (session);
  g_free (session->commands);
}
