/* One conversation's link.
 *
 *   ask ()            XFR t SB, on the notification server
 *   on_transfer ()    <- where, and what opens it
 *   connect_to ()     the link; USR or ANS and every CAL wait in it, so that
 *                     they leave together
 *   on_let_in ()      <- USR OK, or IRO ... ANS OK
 *   on_command ()     <- JOI, BYE, MSG, ACK, NAK
 *
 * From version 16 on, people take part at several places. Each is announced
 * as "address;{place}", the last to go (and first to come) also without the
 * place: who takes part is counted by address. */

#include "msnp-switchboard.h"

#include <string.h>

#include "msnp-text.h"

/* What one conversation tells of the ends of its people's addresses. */
typedef struct
{
  char *address;
  guint n_places; /* announced with a place */
  gboolean bare;  /* announced without one */
  gboolean has_caps;
  guint32 caps;
} Member;

struct _MsnpSwitchboard
{
  grefcount refs;
  MsnpSession *session; /* outlives it */
  const MsnpSwitchboardHandlers *handlers;
  gpointer user;
  gboolean closed;    /* by its owner: nothing is called any more */
  gboolean over;      /* the owner was told that it is over */

  MsnpConn *conn;     /* nullable: until the address is known */
  char *id;           /* nullable: what the conversation is called */
  char *cookie;       /* nullable: what opens it */
  MsnpServer server;
  gboolean answering;
  gboolean opened;    /* the link was */
  gboolean detoured;  /* tried the sign-in host instead */
  gboolean ready;
  ImTimer *timer;     /* until ready */

  GPtrArray *members; /* Member */
  GPtrArray *invited; /* char *: to be called once there is a link */
  MsnpJoiner *joiner; /* nullable */
  gint64 last_ms;
};

static void
member_free (gpointer data)
{
  Member *member = data;

  g_free (member->address);
  g_free (member);
}

static MsnpSwitchboard *
board_new (MsnpSession *session, const MsnpSwitchboardHandlers *handlers,
           gpointer user)
{
  MsnpSwitchboard *board = g_new0 (MsnpSwitchboard, 1);

  g_ref_count_init (&board->refs);
  board->session = session;
  board->handlers = handlers;
  board->user = user;
  board->members = g_ptr_array_new_with_free_func (member_free);
  board->invited = g_ptr_array_new_with_free_func (g_free);
  board->last_ms = session->host->ops->monotonic_ms (session->host);
  return board;
}

static MsnpSwitchboard *
board_ref (MsnpSwitchboard *board)
{
  g_ref_count_inc (&board->refs);
  return board;
}

static void
board_unref (gpointer data)
{
  MsnpSwitchboard *board = data;

  if (!g_ref_count_dec (&board->refs))
    return;
  g_ptr_array_unref (board->members);
  g_ptr_array_unref (board->invited);
  g_clear_pointer (&board->joiner, msnp_joiner_free);
  msnp_server_clear (&board->server);
  g_free (board->cookie);
  g_free (board->id);
  g_free (board);
}

/* Whether its owner still wants to hear of it. */
static gboolean
is_live (const MsnpSwitchboard *board)
{
  return !board->closed && !board->over;
}

static void
drop_timer (MsnpSwitchboard *board)
{
  ImHost *host = board->session->host;

  host->ops->timer_cancel (host, g_steal_pointer (&board->timer));
}

static void
end (MsnpSwitchboard *board, guint code)
{
  if (!is_live (board))
    return;
  board->over = TRUE;
  board->ready = FALSE;
  drop_timer (board);
  msnp_conn_close (g_steal_pointer (&board->conn));
  board->handlers->closed (board->user, board, code);
}

static void
on_timeout (gpointer user)
{
  MsnpSwitchboard *board = user;

  board->timer = NULL;
  im_host_debug (board->session->host, "msnp: no switchboard in time");
  board_ref (board);
  end (board, 0);
  board_unref (board);
}

/* Servers leave much unanswered. */
static void
wait_for_step (MsnpSwitchboard *board)
{
  ImHost *host = board->session->host;

  drop_timer (board);
  board->timer =
      host->ops->timer_add (host, IM_STEP_SECONDS * 1000, on_timeout, board);
}

/* --- Who takes part ----------------------------------------------------- */

static Member *
find_member (const MsnpSwitchboard *board, const char *address, gsize len)
{
  for (guint i = 0; i < board->members->len; i++)
    {
      Member *member = board->members->pdata[i];

      /* Nearly all servers write addresses as we do. */
      if (strlen (member->address) == len &&
          (memcmp (member->address, address, len) == 0 ||
           g_ascii_strncasecmp (member->address, address, len) == 0))
        return member;
    }
  return NULL;
}

static Member *
add_member (MsnpSwitchboard *board, const char *address)
{
  Member *member = g_new0 (Member, 1);

  member->address = g_strdup (address);
  g_ptr_array_add (board->members, member);
  return member;
}

static gboolean
is_self (const MsnpSwitchboard *board, const char *address)
{
  return strcmp (address, board->session->settings.address) == 0;
}

/* JOI and IRO. */
static void
handle_member (MsnpSwitchboard *board, const MsnpCommand *command,
               gboolean present)
{
  g_auto (MsnpPresence) presence = { { NULL } };
  const char *address;
  Member *member;
  gboolean is_new;

  if (!msnp_presence_decode_member (command, board->session->version, &presence,
                                    NULL))
    return;
  address = presence.handle.address;
  if (is_self (board, address))
    return;
  member = find_member (board, address, strlen (address));
  is_new = member == NULL;
  if (is_new && board->members->len >= IM_MAX_MSNP_PARTICIPANTS)
    return;
  if (is_new)
    member = add_member (board, address);
  if (presence.handle.endpoint != NULL)
    member->n_places++;
  else
    member->bare = TRUE;
  if (presence.has_caps)
    member->caps =
        member->has_caps ? member->caps & presence.caps : presence.caps;
  member->has_caps |= presence.has_caps;
  if (is_new)
    board->handlers->joined (board->user, board, address, present);
}

/* "BYE address[;{place}] [1]"; 1: nobody said anything for long. */
static void
handle_bye (MsnpSwitchboard *board, const MsnpCommand *command)
{
  g_auto (MsnpHandle) handle = { NULL };
  gboolean idle = im_word_is (msnp_command_param (command, 1), "1");
  Member *member;

  if (!msnp_handle_decode (msnp_command_param (command, 0), &handle, NULL) ||
      is_self (board, handle.address))
    return;
  member = find_member (board, handle.address, strlen (handle.address));
  if (member == NULL)
    return;
  if (handle.endpoint != NULL && member->n_places > 0)
    member->n_places--;
  if (handle.endpoint != NULL && (member->n_places > 0 || member->bare))
    return;
  g_ptr_array_remove (board->members, member);
  board->handlers->left (board->user, board, handle.address, idle);
}

/* --- What is said ------------------------------------------------------- */

static void
deliver (MsnpSwitchboard *board, const char *from, gboolean own,
         const MsnpMime *mime)
{
  g_auto (MsnpMime) whole;
  g_autoptr (GBytes) joined = NULL;
  gint64 now;
  ImReader payload;

  MSNP_MIME_INIT (&whole);
  if (msnp_mime_get (mime, "Message-ID") == NULL)
    {
      board->handlers->message (board->user, board, from, own, mime);
      return;
    }
  if (board->joiner == NULL)
    board->joiner = msnp_joiner_new ();
  now = board->last_ms / 1000;
  switch (msnp_joiner_push (board->joiner, from, mime, now, &joined))
    {
    case MSNP_JOIN_WHOLE:
      board->handlers->message (board->user, board, from, own, mime);
      break;
    case MSNP_JOIN_DONE:
      im_reader_init_bytes (&payload, joined);
      if (msnp_mime_decode (&payload, &whole, NULL))
        board->handlers->message (board->user, board, from, own, &whole);
      break;
    case MSNP_JOIN_HELD:
    case MSNP_JOIN_DROPPED:
      break;
    }
}

/* The address in a handle, as it is written. */
static ImWord
bare_address (ImWord handle)
{
  const char *end = memchr (handle.text, ';', handle.len);

  if (end != NULL)
    handle.len = (gsize)(end - handle.text);
  return handle;
}

/* "MSG handle [nick] length". Only who takes part has something to say: the
 * name beside it is theirs to choose. */
static void
handle_message (MsnpSwitchboard *board, const MsnpCommand *command)
{
  const MsnpSession *session = board->session;
  ImWord word = bare_address (msnp_command_param (command, 0));
  const char *own = session->settings.address;
  const Member *member = find_member (board, word.text, word.len);
  gboolean is_own = member == NULL && strlen (own) == word.len &&
                    g_ascii_strncasecmp (own, word.text, word.len) == 0;
  g_auto (MsnpMime) mime;

  MSNP_MIME_INIT (&mime);
  if ((member == NULL && !is_own) ||
      !msnp_mime_decode (&command->payload, &mime, NULL))
    {
      im_host_debug (session->host, "msnp: dropped a message on a switchboard");
      return;
    }
  board->last_ms = session->host->ops->monotonic_ms (session->host);
  deliver (board, is_own ? own : member->address, is_own, &mime);
}

static void
on_command (gpointer user, MsnpConn *conn, const MsnpCommand *command)
{
  MsnpSwitchboard *board = user;

  board_ref (board);
  if (msnp_command_is (command, "MSG"))
    handle_message (board, command);
  else if (msnp_command_is (command, "ACK"))
    board->handlers->confirmed (board->user, board, command->trid, TRUE);
  else if (msnp_command_is (command, "NAK"))
    board->handlers->confirmed (board->user, board, command->trid, FALSE);
  else if (command->error_code != 0 && command->has_trid)
    board->handlers->confirmed (board->user, board, command->trid, FALSE);
  else if (msnp_command_is (command, "JOI"))
    handle_member (board, command, FALSE);
  else if (msnp_command_is (command, "IRO"))
    handle_member (board, command, TRUE);
  else if (msnp_command_is (command, "BYE"))
    handle_bye (board, command);
  else if (msnp_command_is (command, "OUT"))
    end (board, 0);
  board_unref (board);
}

/* --- Getting in --------------------------------------------------------- */

static gboolean
on_called (gpointer user, const MsnpCommand *command, gpointer data)
{
  MsnpSwitchboard *board = user;
  const char *who = data;

  if (command == NULL || command->error_code == 0)
    return FALSE;
  board_ref (board);
  im_host_debug (board->session->host, "msnp: calling failed with %u",
                 command->error_code);
  if (is_live (board))
    board->handlers->refused (board->user, board, who, command->error_code);
  board_unref (board);
  return FALSE;
}

static void
write_call (MsnpSwitchboard *board, const char *who)
{
  guint32 id = msnp_conn_next_id (board->conn);

  msnp_encode (msnp_conn_writer (board->conn), "CAL", id, who, NULL);
  msnp_conn_expect (board->conn, id, on_called, g_strdup (who), g_free);
}

/* USR OK; or IRO, any number of them, and ANS OK. */
static gboolean
on_let_in (gpointer user, const MsnpCommand *command, gpointer data)
{
  MsnpSwitchboard *board = user;

  if (command == NULL)
    return FALSE;
  if (msnp_command_is (command, "IRO"))
    {
      board_ref (board);
      handle_member (board, command, TRUE);
      board_unref (board);
      return TRUE;
    }
  board_ref (board);
  if (command->error_code != 0)
    end (board, command->error_code);
  else if (is_live (board))
    {
      drop_timer (board);
      board->ready = TRUE;
      board->handlers->ready (board->user, board);
    }
  board_unref (board);
  return FALSE;
}

static void
write_entry (MsnpSwitchboard *board)
{
  const MsnpSession *session = board->session;
  ImWriter *writer = msnp_conn_writer (board->conn);
  guint32 id = msnp_conn_next_id (board->conn);
  g_autofree char *handle = NULL;

  if (session->version >= 16)
    handle = g_strconcat (session->settings.spelling, ";",
                          session->settings.machine, NULL);
  else
    handle = g_strdup (session->settings.spelling);
  if (board->answering)
    msnp_encode (writer, "ANS", id, handle, board->cookie, board->id, NULL);
  else
    msnp_encode (writer, "USR", id, handle, board->cookie, NULL);
  msnp_conn_expect (board->conn, id, on_let_in, NULL, NULL);
}

static void
on_opened (gpointer user, MsnpConn *conn)
{
  MsnpSwitchboard *board = user;

  board->opened = TRUE;
}

static gboolean detour (MsnpSwitchboard *board);

static void
on_closed (gpointer user, MsnpConn *conn, const GError *error)
{
  MsnpSwitchboard *board = user;

  im_host_debug (board->session->host, "msnp: a switchboard closed: %s",
                 error != NULL ? error->message : "in order");
  board_ref (board);
  if (!detour (board))
    end (board, 0);
  board_unref (board);
}

static const MsnpConnHandlers conn_handlers = {
  .opened = on_opened,
  .command = on_command,
  .closed = on_closed,
};

static void
connect_to (MsnpSwitchboard *board)
{
  ImLinkTarget target = { .host = board->server.host,
                          .port = board->server.port };

  board->conn = msnp_conn_open (board->session->link_host, &target,
                                &conn_handlers, board);
  msnp_conn_set_version (board->conn, board->session->version);
  write_entry (board);
  for (guint i = 0; i < board->invited->len; i++)
    write_call (board, board->invited->pdata[i]);
  wait_for_step (board);
}

/* An address that cannot be reached from here may be one of the server's own
 * network: the host we signed in at is tried once, as for the address of the
 * own machine. Nothing was sent yet, so the cookie still holds. */
static gboolean
detour (MsnpSwitchboard *board)
{
  const char *host = board->session->settings.server;

  if (board->opened || board->detoured || !is_live (board) ||
      g_ascii_strcasecmp (board->server.host, host) == 0)
    return FALSE;
  board->detoured = TRUE;
  g_free (board->server.host);
  board->server.host = g_strdup (host);
  msnp_conn_close (g_steal_pointer (&board->conn));
  connect_to (board);
  return TRUE;
}

static gboolean
is_loopback (const char *host)
{
  return g_ascii_strcasecmp (host, "localhost") == 0 ||
         (g_hostname_is_ip_address (host) &&
          (g_str_has_prefix (host, "127.") || strcmp (host, "::1") == 0 ||
           strcmp (host, "0.0.0.0") == 0 || strcmp (host, "::") == 0));
}

/* Takes over where the server sends us, and judges it. Switchboards are
 * mostly named by number, for which no settings can vouch; the notification
 * server does, and nothing secret is said there but the cookie it gave. */
static gboolean
take_server (MsnpSwitchboard *board, const MsnpServer *server)
{
  MsnpSession *session = board->session;
  const char *host = server->host;

  if (is_loopback (host) && !is_loopback (session->settings.server))
    {
      host = session->settings.server;
      board->detoured = TRUE;
    }
  else if (!g_hostname_is_ip_address (host) &&
           !msnp_signon_may_contact (session, host))
    {
      im_host_debug (session->host, "msnp: no switchboard at %s", host);
      return FALSE;
    }
  board->server.host = g_strdup (host);
  board->server.port = server->port;
  return TRUE;
}

static gboolean
on_transfer (gpointer user, const MsnpCommand *command, gpointer data)
{
  MsnpSwitchboard *board = data;
  g_auto (MsnpTransfer) transfer = { 0 };

  if (!is_live (board))
    return FALSE;
  if (command == NULL || command->error_code != 0)
    end (board, command != NULL ? command->error_code : 0);
  else if (!msnp_signon_decode_transfer (command, &transfer, NULL) ||
           transfer.kind != MSNP_TRANSFER_SWITCHBOARD ||
           transfer.cookie == NULL || !take_server (board, &transfer.server))
    end (board, 0);
  else
    {
      board->cookie = g_steal_pointer (&transfer.cookie);
      connect_to (board);
    }
  return FALSE;
}

MsnpSwitchboard *
msnp_switchboard_call (MsnpSession *session,
                       const MsnpSwitchboardHandlers *handlers, gpointer user)
{
  MsnpSwitchboard *board = board_new (session, handlers, user);
  guint32 id = msnp_conn_next_id (session->ns);

  msnp_encode (msnp_conn_writer (session->ns), "XFR", id, "SB", NULL);
  msnp_conn_expect (session->ns, id, on_transfer, board_ref (board),
                    board_unref);
  wait_for_step (board);
  msnp_conn_flush (session->ns);
  return board;
}

MsnpSwitchboard *
msnp_switchboard_answer (MsnpSession *session, const MsnpRing *ring,
                         const MsnpSwitchboardHandlers *handlers,
                         gpointer user)
{
  MsnpSwitchboard *board = board_new (session, handlers, user);

  if (!take_server (board, &ring->server))
    {
      board_unref (board);
      return NULL;
    }
  board->answering = TRUE;
  board->cookie = g_strdup (ring->cookie);
  board->id = g_strdup (ring->session);
  connect_to (board);
  return board;
}

void
msnp_switchboard_set_user (MsnpSwitchboard *board,
                           const MsnpSwitchboardHandlers *handlers,
                           gpointer user)
{
  board->handlers = handlers;
  board->user = user;
}

void
msnp_switchboard_close (MsnpSwitchboard *board)
{
  if (board == NULL)
    return;
  board->closed = TRUE;
  drop_timer (board);
  if (board->conn != NULL && board->opened)
    msnp_encode (msnp_conn_writer (board->conn), "OUT", 0, NULL);
  msnp_conn_close (g_steal_pointer (&board->conn));
  board_unref (board);
}

void
msnp_switchboard_invite (MsnpSwitchboard *board, const char *who)
{
  if (board->conn == NULL)
    {
      g_ptr_array_add (board->invited, g_strdup (who));
      return;
    }
  write_call (board, who);
  msnp_conn_flush (board->conn);
}

/* --- Questions ---------------------------------------------------------- */

gboolean
msnp_switchboard_is_ready (const MsnpSwitchboard *board)
{
  return board->ready;
}

const char *
msnp_switchboard_id (const MsnpSwitchboard *board)
{
  return board->id != NULL ? board->id : "";
}

guint
msnp_switchboard_n_members (const MsnpSwitchboard *board)
{
  return board->members->len;
}

const char *
msnp_switchboard_member (const MsnpSwitchboard *board, guint i)
{
  const Member *member = board->members->pdata[i];

  return member->address;
}

gboolean
msnp_switchboard_has (const MsnpSwitchboard *board, const char *who)
{
  return find_member (board, who, strlen (who)) != NULL;
}

/* Before version 12 switchboards did not say; presence did. */
static guint32
member_caps (const MsnpSwitchboard *board, const Member *member)
{
  const MsnpPerson *person;

  if (member->has_caps)
    return member->caps;
  person = msnp_people_find (board->session->people, member->address);
  return person != NULL ? person->caps : 0;
}

guint32
msnp_switchboard_caps (const MsnpSwitchboard *board)
{
  guint32 caps = board->members->len > 0 ? G_MAXUINT32 : 0;

  for (guint i = 0; i < board->members->len; i++)
    caps &= member_caps (board, board->members->pdata[i]);
  return caps;
}

gint64
msnp_switchboard_last_ms (const MsnpSwitchboard *board)
{
  return board->last_ms;
}

guint32
msnp_switchboard_send (MsnpSwitchboard *board, MsnpConfirm confirm,
                       const void *payload, gsize len)
{
  const char letter[] = { (char)confirm, '\0' };
  ImWriter *writer = msnp_conn_writer (board->conn);
  guint32 id = msnp_conn_next_id (board->conn);
  ImHost *host = board->session->host;

  g_return_val_if_fail (board->ready && len <= MSNP_MAX_PAYLOAD, id);
  msnp_open (writer, "MSG", id);
  msnp_add (writer, letter);
  msnp_close_payload (writer, payload, len);
  msnp_conn_flush (board->conn);
  board->last_ms = host->ops->monotonic_ms (host);
  return id;
}
