/* Chat rooms.
 *
 * By name:       oscar_session_join_room ()
 *                  create_when_ready ()   chat navigation service, once
 *                  create_room ()         -> 0D/08 exchange and name
 *                  handle_nav_info ()     <- 0D/09 the room, its cookie
 *                  enter ()               chat service of that room
 * By invitation: oscar_rooms_invited ()   <- 04/07 channel 2, the room
 *                oscar_session_join_invited () -> enter ()
 *
 * One room at a time is looked for, and with a pause before the next: after a
 * server's restart everybody's rooms come back at once, and servers were
 * brought down by that. What fails for the moment is tried three times.
 *
 * In the room:   on_room_ready ()         we are in
 *                on_room_snac ()          <- 0E/03, 0E/04, 0E/06
 * Leaving is ending the room's connection. */

#include "oscar-session-private.h"

#include <stdio.h>
#include <string.h>

#include "im-charset.h"
#include "markup-html.h"
#include "oscar-chat.h"
#include "oscar-rendezvous.h"
#include "oscar-service.h"

/* The navigation service is kept for the next room for this long. */
#define NAV_IDLE_SECONDS 180

/* Bytes of text in one message, unless the room says less. */
#define MAX_ROOM_TEXT 1024

/* Between two rooms entered in a row, at least and at most. */
#define PAUSE_MIN_MS 300
#define PAUSE_MAX_MS 1500

/* Between two tries at the same room, at least and at most. */
#define RETRY_MIN_MS 3000
#define RETRY_MAX_MS 6000
#define MAX_TRIES 3

typedef struct
{
  OscarSession *session;
  guint number;
  char *name;           /* as it was asked for */
  guint16 exchange;
  OscarRoom room;       /* its cookie is NULL until the server gave it */
  guint32 request;      /* of 0D/08 */
  OscarService *service;
  gboolean invited;     /* @room is known from an invitation */
  gboolean started;     /* its turn has come */
  guint tries;
  gboolean joined;
  gboolean counted;     /* the first list of members has come */
} Room;

static void
room_free (gpointer data)
{
  Room *room = data;

  oscar_service_close (room->service);
  oscar_room_clear (&room->room);
  g_free (room->name);
  g_free (room);
}

void
oscar_rooms_init (OscarSession *session)
{
  session->rooms = g_ptr_array_new_with_free_func (room_free);
}

void
oscar_rooms_clear (OscarSession *session)
{
  g_ptr_array_unref (session->rooms);
}

static Room *
find_room (OscarSession *session, guint number)
{
  for (guint i = 0; i < session->rooms->len; i++)
    {
      Room *room = g_ptr_array_index (session->rooms, i);

      if (room->number == number)
        return room;
    }
  return NULL;
}

static void next_room (OscarSession *session, guint min_ms, guint max_ms);

static gboolean
may_heal (ImProblem problem)
{
  return problem == IM_PROBLEM_UNAVAILABLE || problem == IM_PROBLEM_LOST ||
         problem == IM_PROBLEM_TIMED_OUT ||
         problem == IM_PROBLEM_CONNECT_REFUSED;
}

/* Puts the room back to wait for another turn. */
static gboolean
try_again (Room *room, ImProblem problem)
{
  OscarSession *session = room->session;

  if (room->joined || session->gone || session->bos == NULL ||
      !may_heal (problem) || room->tries >= MAX_TRIES)
    return FALSE;
  oscar_service_close (g_steal_pointer (&room->service));
  room->request = 0;
  room->started = FALSE;
  next_room (session, RETRY_MIN_MS, RETRY_MAX_MS);
  return TRUE;
}

/* Says so, and forgets the room. */
static void
end_room (Room *room, ImProblem problem)
{
  OscarSession *session = room->session;
  ImEvent event = { .type = room->joined ? IM_EVENT_CHAT_LEFT
                                         : IM_EVENT_CHAT_FAILED };
  guint index;

  if (try_again (room, problem))
    return;
  event.chat.chat = room->number;
  event.chat.name = room->name;
  event.chat.failure.problem = problem;
  oscar_session_emit (session, &event);
  if (g_ptr_array_find (session->rooms, room, &index))
    g_ptr_array_remove_index (session->rooms, index);
  next_room (session, PAUSE_MIN_MS, PAUSE_MAX_MS);
}

/* --- Inside ------------------------------------------------------------- */

static void
report_members (Room *room, const ImReader *body, gboolean arrived)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  ImReader blocks = *body;
  OscarUserInfo info;
  ImEvent event = { .type = IM_EVENT_CHAT_MEMBERS };

  while (oscar_userinfo_next (&blocks, &info, NULL))
    if (oscar_name_is_usable (info.name.text))
      g_ptr_array_add (names, g_strdup (info.name.text));
  if (names->len == 0)
    return;
  g_ptr_array_add (names, NULL);
  event.chat_members.chat = room->number;
  event.chat_members.names = (const char *const *) names->pdata;
  event.chat_members.arrived = arrived;
  event.chat_members.present = arrived && !room->counted;
  room->counted = TRUE;
  oscar_session_emit (room->session, &event);
}

static void
report_message (Room *room, const ImReader *body)
{
  ImReader reader = *body;
  g_auto (OscarChatMessage) message = { 0 };
  g_autoptr (ImText) text = NULL;
  ImEvent event = { .type = IM_EVENT_CHAT_MESSAGE };
  const char *from;

  if (!oscar_chat_decode_message (&reader, &message, NULL) ||
      !message.has_sender || message.text == NULL)
    return;
  from = message.sender.name.text;
  /* Rooms are AIM's: ICQ users write markup here as well. */
  text = markup_html_parse (message.text, -1, MARKUP_AIM);
  if (!oscar_name_is_usable (from) || im_text_length (text) == 0)
    return;
  im_text_truncate (text, IM_MAX_MESSAGE_TEXT);
  event.chat_message.chat = room->number;
  event.chat_message.from = from;
  event.chat_message.text = text;
  event.chat_message.whisper = !message.is_public;
  event.chat_message.mine =
      oscar_name_equal (from, room->session->settings.name);
  oscar_session_emit (room->session, &event);
}

static void
on_room_snac (gpointer user, OscarService *service, const OscarSnac *snac)
{
  Room *room = user;

  switch (snac->subtype)
    {
    case OSCAR_CHAT_USERS_JOINED:
      report_members (room, &snac->body, TRUE);
      break;
    case OSCAR_CHAT_USERS_LEFT:
      report_members (room, &snac->body, FALSE);
      break;
    case OSCAR_CHAT_INCOMING:
      report_message (room, &snac->body);
      break;
    default:
      break;
    }
}

static void
on_room_ready (gpointer user, OscarService *service)
{
  Room *room = user;
  ImEvent event = { .type = IM_EVENT_CHAT_JOINED };

  room->joined = TRUE;
  next_room (room->session, PAUSE_MIN_MS, PAUSE_MAX_MS);
  event.chat.chat = room->number;
  event.chat.name = room->name;
  oscar_session_emit (room->session, &event);
}

static void
on_room_closed (gpointer user, OscarService *service, ImProblem problem)
{
  end_room (user, problem);
}

static const OscarServiceHandlers room_handlers = {
  .ready = on_room_ready,
  .snac = on_room_snac,
  .closed = on_room_closed,
};

static void
enter (Room *room)
{
  room->service = oscar_service_open (room->session, OSCAR_FG_CHAT,
                                      &room->room, &room_handlers, room);
  if (room->service == NULL)
    end_room (room, IM_PROBLEM_OTHER);
}

/* --- Finding a room by name --------------------------------------------- */

static void
create_room (Room *room)
{
  g_auto (ImWriter) body = { 0 };

  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_chat_encode_create (&body, room->exchange, room->name);
  room->request =
      oscar_service_send (room->session->chat_nav, OSCAR_CHAT_NAV_CREATE_ROOM,
                          &body, OSCAR_PRIORITY_USER);
}

static gboolean
waits_for_nav (const Room *room)
{
  return room->started && room->room.cookie == NULL;
}

static void
on_nav_ready (gpointer user, OscarService *service)
{
  OscarSession *session = user;

  for (guint i = 0; i < session->rooms->len; i++)
    {
      Room *room = g_ptr_array_index (session->rooms, i);

      if (waits_for_nav (room))
        create_room (room);
    }
}

static Room *
find_request (OscarSession *session, guint32 request)
{
  for (guint i = 0; i < session->rooms->len; i++)
    {
      Room *room = g_ptr_array_index (session->rooms, i);

      if (room->request == request && waits_for_nav (room))
        return room;
    }
  return NULL;
}

static void
handle_nav_info (OscarSession *session, const OscarSnac *snac)
{
  Room *room = find_request (session, snac->request_id);
  ImReader body = snac->body;
  g_auto (OscarChatNavInfo) info = { 0 };

  if (room == NULL)
    return;
  if (!oscar_chat_decode_nav_info (&body, &info, NULL) || !info.has_room ||
      info.room.room.cookie == NULL)
    {
      end_room (room, IM_PROBLEM_PROTOCOL);
      return;
    }
  room->room = info.room.room;
  memset (&info.room.room, 0, sizeof info.room.room);
  enter (room);
}

static void
on_nav_idle (gpointer user)
{
  OscarSession *session = user;

  session->nav_timer = NULL;
  oscar_service_close (g_steal_pointer (&session->chat_nav));
}

static void
on_nav_snac (gpointer user, OscarService *service, const OscarSnac *snac)
{
  OscarSession *session = user;

  if (snac->subtype == OSCAR_CHAT_NAV_INFO)
    handle_nav_info (session, snac);
  else if (snac->subtype == OSCAR_SUBTYPE_ERROR)
    {
      Room *room = find_request (session, snac->request_id);

      if (room != NULL)
        end_room (room, IM_PROBLEM_REFUSED_REQUEST);
    }
}

static void
on_nav_closed (gpointer user, OscarService *service, ImProblem problem)
{
  OscarSession *session = user;

  oscar_service_close (g_steal_pointer (&session->chat_nav));
  for (guint i = session->rooms->len; i > 0; i--)
    {
      Room *room = g_ptr_array_index (session->rooms, i - 1);

      if (waits_for_nav (room))
        end_room (room, problem);
    }
}

static const OscarServiceHandlers nav_handlers = {
  .ready = on_nav_ready,
  .snac = on_nav_snac,
  .closed = on_nav_closed,
};

static void
keep_nav (OscarSession *session)
{
  const ImHostOps *ops = session->host->ops;

  ops->timer_cancel (session->host, session->nav_timer);
  session->nav_timer = ops->timer_add (session->host, NAV_IDLE_SECONDS * 1000,
                                       on_nav_idle, session);
}

static void
create_when_ready (Room *room)
{
  OscarSession *session = room->session;

  keep_nav (session);
  if (session->chat_nav == NULL)
    session->chat_nav = oscar_service_open (session, OSCAR_FG_CHAT_NAV, NULL,
                                            &nav_handlers, session);
  if (session->chat_nav == NULL)
    end_room (room, IM_PROBLEM_OTHER);
  else if (oscar_service_is_ready (session->chat_nav))
    create_room (room);
}

/* --- One at a time ------------------------------------------------------- */

static Room *
waiting_room (OscarSession *session)
{
  for (guint i = 0; i < session->rooms->len; i++)
    {
      Room *room = g_ptr_array_index (session->rooms, i);

      if (!room->started)
        return room;
    }
  return NULL;
}

static gboolean
is_entering (OscarSession *session)
{
  for (guint i = 0; i < session->rooms->len; i++)
    {
      Room *room = g_ptr_array_index (session->rooms, i);

      if (room->started && !room->joined)
        return TRUE;
    }
  return FALSE;
}

static void
start_room (Room *room)
{
  room->started = TRUE;
  room->tries++;
  if (room->invited)
    enter (room);
  else
    {
      oscar_room_clear (&room->room);
      memset (&room->room, 0, sizeof room->room);
      create_when_ready (room);
    }
}

static void
on_room_timer (gpointer user)
{
  OscarSession *session = user;
  Room *room = waiting_room (session);

  session->room_timer = NULL;
  if (room != NULL && !is_entering (session))
    start_room (room);
}

/* Everybody at a different moment. */
static void
next_room (OscarSession *session, guint min_ms, guint max_ms)
{
  const ImHostOps *ops = session->host->ops;
  guint16 number;

  if (session->gone || session->bos == NULL || session->room_timer != NULL)
    return;
  if (waiting_room (session) == NULL)
    return;
  ops->random (session->host, &number, sizeof number);
  session->room_timer =
      ops->timer_add (session->host, min_ms + number % (max_ms - min_ms),
                      on_room_timer, session);
}

/* The first room does not wait. */
static guint
line_up (Room *room)
{
  OscarSession *session = room->session;
  guint number = room->number;

  if (session->room_timer == NULL && !is_entering (session))
    start_room (room);
  return number;
}

/* --- Commands ----------------------------------------------------------- */

static Room *
room_new (OscarSession *session, const char *name)
{
  Room *room = g_new0 (Room, 1);

  room->session = session;
  room->number = ++session->last_room;
  room->name = g_strdup (name);
  g_ptr_array_add (session->rooms, room);
  return room;
}

guint
oscar_session_join_room (OscarSession *session, guint16 exchange,
                         const char *name)
{
  Room *room;

  if (!oscar_session_is_online (session))
    return 0;
  room = room_new (session, name);
  room->exchange = exchange;
  return line_up (room);
}

guint
oscar_session_join_invited (OscarSession *session, const char *name,
                            const char *key)
{
  guint exchange, instance;
  int cookie_at = 0;
  Room *room;

  if (!oscar_session_is_online (session) ||
      sscanf (key, "%u %u %n", &exchange, &instance, &cookie_at) != 2 ||
      cookie_at == 0)
    return 0;
  room = room_new (session, name);
  room->invited = TRUE;
  room->exchange = room->room.exchange = (guint16) exchange;
  room->room.instance = (guint16) instance;
  room->room.cookie = g_strdup (key + cookie_at);
  return line_up (room);
}

void
oscar_session_leave_room (OscarSession *session, guint chat)
{
  Room *room = find_room (session, chat);
  guint index;

  if (room == NULL || !g_ptr_array_find (session->rooms, room, &index))
    return;
  g_ptr_array_remove_index (session->rooms, index);
  next_room (session, PAUSE_MIN_MS, PAUSE_MAX_MS);
}

gboolean
oscar_session_say_in_room (OscarSession *session, guint chat,
                           const ImText *text, const char *whisper_to)
{
  Room *room = find_room (session, chat);
  g_autofree char *markup = markup_html_print (text, MARKUP_AIM);
  g_auto (ImWriter) body = { 0 };
  OscarChatMessage message = {
    .channel = OSCAR_CHANNEL_CHAT,
    /* The echo proves that the message went out, and is what is shown. */
    .reflect = TRUE,
    .is_public = whisper_to == NULL,
    .whisper_to = (char *) whisper_to,
    .text = markup,
  };

  if (room == NULL || !room->joined ||
      im_text_length (text) > MAX_ROOM_TEXT)
    return FALSE;
  session->host->ops->random (session->host, &message.cookie,
                              sizeof message.cookie);
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_chat_encode_message (&body, &message);
  return oscar_service_send (room->service, OSCAR_CHAT_SEND, &body,
                             OSCAR_PRIORITY_USER) != 0;
}

static void
set_slice (ImReader *slice, const char *text)
{
  im_reader_init (slice, text, strlen (text));
}

void
oscar_session_invite_to_room (OscarSession *session, guint chat,
                              const char *who, const char *words)
{
  Room *room = find_room (session, chat);
  g_auto (ImWriter) service = { 0 };
  g_auto (ImWriter) body = { 0 };
  OscarRendezvous offer = { .type = OSCAR_RENDEZVOUS_PROPOSE,
                            .cap = oscar_cap_chat,
                            .sequence = 1,
                            .host_check = TRUE };
  gsize mark;

  if (room == NULL || !room->joined || session->bos == NULL)
    return;
  session->host->ops->random (session->host, &offer.cookie,
                              sizeof offer.cookie);
  im_writer_init (&service, IM_MAX_FLAP_SENT);
  oscar_room_write (&service, &room->room);
  im_reader_init (&offer.service, service.bytes->data, service.bytes->len);
  set_slice (&offer.text, words != NULL ? words : "");
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  mark = oscar_icbm_open_send (&body, offer.cookie, OSCAR_CHANNEL_RENDEZVOUS,
                               who);
  oscar_rendezvous_encode (&body, &offer);
  im_writer_close16 (&body, mark);
  oscar_conn_send_snac (session->bos, OSCAR_FG_ICBM, OSCAR_ICBM_SEND, &body,
                        OSCAR_PRIORITY_USER);
}

/* --- Invitations -------------------------------------------------------- */

/* The name people see: cookies look like "4-0-lobby". Their bytes go back to
 * the server as they came, but are shown as text. */
static char *
name_in_cookie (const char *cookie)
{
  const char *first = strchr (cookie, '-');
  const char *second = first != NULL ? strchr (first + 1, '-') : NULL;
  const char *name =
      second != NULL && second[1] != '\0' ? second + 1 : cookie;

  return im_charset_guess_to_utf8 ((const guint8 *) name, strlen (name), NULL);
}

gboolean
oscar_rooms_invited (OscarSession *session, const OscarIcbm *icbm)
{
  OscarRendezvous offer;
  g_auto (OscarRoom) room = { 0 };
  g_autofree char *key = NULL;
  g_autofree char *words = NULL;
  g_autofree char *name = NULL;
  ImReader service;
  ImEvent event = { .type = IM_EVENT_CHAT_INVITE };

  if (!oscar_rendezvous_decode (&icbm->data, &offer, NULL) ||
      memcmp (&offer.cap, &oscar_cap_chat, sizeof offer.cap) != 0)
    return FALSE;
  service = offer.service;
  if (offer.type != OSCAR_RENDEZVOUS_PROPOSE ||
      !oscar_room_read (&service, &room, NULL) || room.cookie == NULL)
    return TRUE;
  words = oscar_text_dup_mime (&offer.text_charset, &offer.text,
                               session->settings.charset);
  key = g_strdup_printf ("%u %u %s", room.exchange, room.instance,
                         room.cookie);
  event.chat_invite.from = icbm->user.name.text;
  name = name_in_cookie (room.cookie);
  event.chat_invite.name = name;
  event.chat_invite.text = words;
  event.chat_invite.key = key;
  oscar_session_emit (session, &event);
  return TRUE;
}
