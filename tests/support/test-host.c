#include "test-host.h"

#include <string.h>

struct _ImLink
{
  TestHost *test;
  TestLink record;
  const ImLinkHandlers *handlers;
  gpointer user;
};

struct _ImTimer
{
  gint64 due;
  guint64 serial;
  ImTimerFunc func;
  gpointer user;
};

struct _ImHttp
{
  TestRequest record;
  ImHttpFunc func;
  gpointer user;
};

struct _TestHost
{
  ImHost host;
  GPtrArray *links;   /* owned ImLink */
  GPtrArray *https;   /* owned ImHttp */
  GPtrArray *jar;     /* owned ImCookie */
  GSList *timers;     /* owned ImTimer, by due time */
  guint64 serial;
  gint64 now_ms;
  guint8 next_random;
  gboolean quiet;
  GString *log;
  GHashTable *cache;  /* owned char * => owned GBytes */
  void (*on_event) (gpointer user, const ImEvent *event);
  gpointer on_event_user;
};

static ImLink *
link_open (ImHost *host, const ImLinkTarget *target,
           const ImLinkHandlers *handlers, gpointer user)
{
  TestHost *test = (TestHost *) host;
  ImLink *link = g_new0 (ImLink, 1);

  link->test = test;
  link->handlers = handlers;
  link->user = user;
  link->record.host = g_strdup (target->host);
  link->record.port = target->port;
  link->record.tls = target->tls;
  link->record.verify_name = g_strdup (target->verify_name);
  link->record.written = g_byte_array_new ();
  link->record.pending = g_byte_array_new ();
  g_ptr_array_add (test->links, link);
  return link;
}

static void
link_write (ImHost *host, ImLink *link, const void *data, gsize len)
{
  g_assert_true (link->record.opened);
  g_assert_false (link->record.closed);
  g_byte_array_append (link->record.written, data, (guint) len);
}

static void
deliver (ImLink *link)
{
  while (!link->record.held && !link->record.closed &&
         link->record.pending->len > 0)
    {
      g_autoptr (GByteArray) bytes = link->record.pending;

      link->record.pending = g_byte_array_new ();
      link->handlers->bytes (link->user, link, bytes->data, bytes->len);
    }
}

static void
deliver_later (gpointer user)
{
  deliver (user);
}

static ImTimer *timer_add (ImHost *host, guint ms, ImTimerFunc func,
                           gpointer user);

static void
link_hold (ImHost *host, ImLink *link, gboolean hold)
{
  link->record.held = hold;
  if (!hold)
    timer_add (host, 0, deliver_later, link);
}

static void
link_start_tls (ImHost *host, ImLink *link, const char *verify_name)
{
  link->record.tls = TRUE;
  link->record.opened = FALSE;
  g_free (link->record.verify_name);
  link->record.verify_name = g_strdup (verify_name);
}

static void
link_close (ImHost *host, ImLink *link)
{
  g_assert_false (link->record.closed);
  link->record.closed = TRUE;
}

static int
by_due (gconstpointer a, gconstpointer b)
{
  const ImTimer *left = a;
  const ImTimer *right = b;

  if (left->due != right->due)
    return left->due < right->due ? -1 : 1;
  return left->serial < right->serial ? -1 : 1;
}

static ImTimer *
timer_add (ImHost *host, guint ms, ImTimerFunc func, gpointer user)
{
  TestHost *test = (TestHost *) host;
  ImTimer *timer = g_new0 (ImTimer, 1);

  timer->due = test->now_ms + ms;
  timer->serial = test->serial++;
  timer->func = func;
  timer->user = user;
  test->timers = g_slist_insert_sorted (test->timers, timer, by_due);
  return timer;
}

static void
timer_cancel (ImHost *host, ImTimer *timer)
{
  TestHost *test = (TestHost *) host;

  if (timer == NULL)
    return;
  g_assert_nonnull (g_slist_find (test->timers, timer));
  test->timers = g_slist_remove (test->timers, timer);
  g_free (timer);
}

/* --- cookies ---------------------------------------------------------- */

static gint64
unix_now (TestHost *test)
{
  return test->host.ops->wall_s (&test->host);
}

static char *
host_of (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  g_assert_nonnull (uri);
  return g_ascii_strdown (g_uri_get_host (uri), -1);
}

/* Cookies know no ports. */
static gboolean
cookie_fits (TestHost *test, const ImCookie *cookie, const char *url)
{
  g_autofree char *name = host_of (url);

  if (cookie->secure && !g_str_has_prefix (url, "https:"))
    return FALSE;
  if (cookie->expires != 0 && cookie->expires <= unix_now (test))
    return FALSE;
  if (*cookie->domain == '.')
    return strcmp (name, cookie->domain + 1) == 0 ||
           g_str_has_suffix (name, cookie->domain);
  return strcmp (name, cookie->domain) == 0;
}

static ImCookie *
cookie_copy (const ImCookie *cookie)
{
  ImCookie *copy = g_new0 (ImCookie, 1);

  copy->name = g_strdup (cookie->name);
  copy->value = im_secret_ref (cookie->value);
  copy->domain = g_strdup (cookie->domain);
  copy->path = g_strdup (cookie->path);
  copy->expires = cookie->expires;
  copy->secure = cookie->secure;
  return copy;
}

static GPtrArray *
cookies_list (ImHost *host, const char *url)
{
  TestHost *test = (TestHost *) host;
  GPtrArray *list =
      g_ptr_array_new_with_free_func ((GDestroyNotify) im_cookie_free);

  for (guint i = 0; i < test->jar->len; i++)
    if (cookie_fits (test, test->jar->pdata[i], url))
      g_ptr_array_add (list, cookie_copy (test->jar->pdata[i]));
  return list;
}

static void
cookie_put (ImHost *host, const ImCookie *cookie)
{
  TestHost *test = (TestHost *) host;

  for (guint i = 0; i < test->jar->len; i++)
    {
      const ImCookie *old = test->jar->pdata[i];

      if (strcmp (old->name, cookie->name) == 0 &&
          strcmp (old->domain, cookie->domain) == 0)
        {
          g_ptr_array_remove_index (test->jar, i);
          break;
        }
    }
  g_ptr_array_add (test->jar, cookie_copy (cookie));
}

static void
cookies_clear (ImHost *host)
{
  g_ptr_array_set_size (((TestHost *) host)->jar, 0);
}

void
test_host_set_cookie (TestHost *test, const char *url, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ";", -1);
  char *equals = strchr (parts[0], '=');
  g_autoptr (ImCookie) cookie = g_new0 (ImCookie, 1);

  g_assert_nonnull (equals);
  cookie->name = g_strndup (parts[0], (gsize) (equals - parts[0]));
  cookie->value = im_secret_new (equals + 1);
  cookie->domain = host_of (url);
  cookie->path = g_strdup ("/");
  for (guint i = 1; parts[i] != NULL; i++)
    {
      const char *part = g_strstrip (parts[i]);

      if (g_ascii_strncasecmp (part, "Domain=", 7) == 0)
        {
          g_free (cookie->domain);
          cookie->domain = g_strdup (part + 7);
        }
      else if (g_ascii_strncasecmp (part, "Max-Age=", 8) == 0)
        cookie->expires = unix_now (test) + g_ascii_strtoll (part + 8, NULL, 10);
      else if (g_ascii_strcasecmp (part, "Secure") == 0)
        cookie->secure = TRUE;
    }
  cookie_put (&test->host, cookie);
}

static char *
cookie_header (ImHost *host, const char *url)
{
  g_autoptr (GPtrArray) list = cookies_list (host, url);
  GString *header = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++)
    {
      const ImCookie *cookie = list->pdata[i];

      g_string_append_printf (header, "%s%s=%s", i > 0 ? "; " : "",
                              cookie->name, im_secret_peek (cookie->value));
    }
  return g_string_free (header, FALSE);
}

static void
keep_cookies (TestHost *test, const TestRequest *request,
              const ImHttpResponse *response)
{
  if (request->cookies == NULL || response->headers == NULL)
    return;
  for (guint i = 0; response->headers[i] != NULL; i += 2)
    if (g_ascii_strcasecmp (response->headers[i], "Set-Cookie") == 0)
      test_host_set_cookie (test, request->url, response->headers[i + 1]);
}

/* ---------------------------------------------------------------------- */

static ImHttp *
http_send (ImHost *host, const ImHttpRequest *request, ImHttpFunc func,
           gpointer user)
{
  TestHost *test = (TestHost *) host;
  ImHttp *http = g_new0 (ImHttp, 1);

  http->func = func;
  http->user = user;
  http->record.method = g_strdup (request->method);
  http->record.url = g_strdup (request->url);
  http->record.content_type = g_strdup (request->content_type);
  http->record.headers = g_strdupv ((char **) request->headers);
  http->record.secret = request->secret;
  http->record.farewell = request->farewell;
  http->record.max_body = request->max_body;
  http->record.seconds = request->seconds;
  if (request->cookies)
    http->record.cookies = cookie_header (host, request->url);
  if (request->body != NULL)
    http->record.body = g_bytes_ref (request->body);
  g_ptr_array_add (test->https, http);
  return http;
}

static void
http_cancel (ImHost *host, ImHttp *http)
{
  g_assert_false (http->record.over);
  http->record.over = TRUE;
}

static gint64
monotonic_ms (ImHost *host)
{
  return ((TestHost *) host)->now_ms;
}

/* An arbitrary day: what tests compare are differences. */
#define TEST_EPOCH 1000000000

static gint64
wall_s (ImHost *host)
{
  return TEST_EPOCH + ((TestHost *) host)->now_ms / 1000;
}

static void
random_bytes (ImHost *host, void *data, gsize len)
{
  TestHost *test = (TestHost *) host;
  guint8 *out = data;

  for (gsize i = 0; i < len; i++)
    out[i] = ++test->next_random;
}

/* Words for the log; scenarios are read by people. */
static const char *const problem_names[] = {
  [IM_PROBLEM_WRONG_PASSWORD] = "wrong-password",
  [IM_PROBLEM_NO_SUCH_ACCOUNT] = "no-such-account",
  [IM_PROBLEM_ACCOUNT_DELETED] = "account-deleted",
  [IM_PROBLEM_ACCOUNT_EXPIRED] = "account-expired",
  [IM_PROBLEM_ACCOUNT_INVALID] = "account-invalid",
  [IM_PROBLEM_SUSPENDED] = "suspended",
  [IM_PROBLEM_SUSPENDED_AGE] = "suspended-age",
  [IM_PROBLEM_WARNED] = "warned",
  [IM_PROBLEM_RATE_LIMITED] = "rate-limited",
  [IM_PROBLEM_TOO_MANY_SESSIONS] = "too-many-sessions",
  [IM_PROBLEM_CLIENT_TOO_OLD] = "client-too-old",
  [IM_PROBLEM_NEEDS_CODE] = "needs-code",
  [IM_PROBLEM_WRONG_CODE] = "wrong-code",
  [IM_PROBLEM_NEEDS_WEB_PAGE] = "needs-web-page",
  [IM_PROBLEM_NOT_CONFIRMED] = "not-confirmed",
  [IM_PROBLEM_TERMS] = "terms",
  [IM_PROBLEM_APP_PASSWORD] = "app-password",
  [IM_PROBLEM_CONSENT_EXPIRED] = "consent-expired",
  [IM_PROBLEM_SERVICE_OFF] = "service-off",
  [IM_PROBLEM_SIGNIN_ANSWER] = "signin-answer",
  [IM_PROBLEM_UNAVAILABLE] = "unavailable",
  [IM_PROBLEM_REFUSED_REQUEST] = "refused-request",
  [IM_PROBLEM_SIGNON_FAILED] = "signon-failed",
  [IM_PROBLEM_NO_MECHANISM] = "no-mechanism",
  [IM_PROBLEM_WEAKENED] = "weakened",
  [IM_PROBLEM_SIGNED_ON_ELSEWHERE] = "signed-on-elsewhere",
  [IM_PROBLEM_SERVER_CLOSING] = "server-closing",
  [IM_PROBLEM_SESSION_REFUSED] = "session-refused",
  [IM_PROBLEM_PROTOCOL] = "protocol",
  [IM_PROBLEM_TIMED_OUT] = "timed-out",
  [IM_PROBLEM_LOST] = "lost",
  [IM_PROBLEM_HOST_NOT_FOUND] = "host-not-found",
  [IM_PROBLEM_CONNECT_REFUSED] = "connect-refused",
  [IM_PROBLEM_UNREACHABLE] = "unreachable",
  [IM_PROBLEM_ADVERTISED_HOST] = "advertised-host",
  [IM_PROBLEM_PROXY] = "proxy",
  [IM_PROBLEM_NO_TLS_SUPPORT] = "no-tls-support",
  [IM_PROBLEM_TLS_HANDSHAKE] = "tls-handshake",
  [IM_PROBLEM_TLS_NOT_OFFERED] = "tls-not-offered",
  [IM_PROBLEM_CERT_UNTRUSTED] = "cert-untrusted",
  [IM_PROBLEM_CERT_SELF_SIGNED] = "cert-self-signed",
  [IM_PROBLEM_CERT_NAME] = "cert-name",
  [IM_PROBLEM_CERT_EXPIRED] = "cert-expired",
  [IM_PROBLEM_CERT_NOT_YET_VALID] = "cert-not-yet-valid",
  [IM_PROBLEM_CERT_REVOKED] = "cert-revoked",
  [IM_PROBLEM_CERT_CHANGED] = "cert-changed",
  [IM_PROBLEM_CERT_OTHER] = "cert-other",
  [IM_PROBLEM_CLOCK] = "clock",
  [IM_PROBLEM_NO_NETWORK] = "no-network",
  [IM_PROBLEM_SERVICE_CLOSED] = "service-closed",
  [IM_PROBLEM_SETTINGS] = "settings",
  [IM_PROBLEM_OTHER] = "other",
};

static const char *const status_names[] = {
  [IM_STATUS_OFFLINE] = "offline",
  [IM_STATUS_AVAILABLE] = "available",
  [IM_STATUS_FREE_FOR_CHAT] = "free-for-chat",
  [IM_STATUS_AWAY] = "away",
  [IM_STATUS_NOT_AVAILABLE] = "not-available",
  [IM_STATUS_OCCUPIED] = "occupied",
  [IM_STATUS_DND] = "dnd",
  [IM_STATUS_INVISIBLE] = "invisible",
  [IM_STATUS_RIGHT_BACK] = "right-back",
  [IM_STATUS_PHONE] = "phone",
  [IM_STATUS_LUNCH] = "lunch",
};

static const char *const delivery_names[] = {
  [IM_DELIVERY_HELD] = "held",
  [IM_DELIVERY_SENT] = "sent",
  [IM_DELIVERY_ACCEPTED] = "accepted",
  [IM_DELIVERY_FAILED] = "failed",
  [IM_DELIVERY_UNKNOWN] = "unknown",
  [IM_DELIVERY_DELIVERED] = "delivered",
};

static const char *const undelivered_names[] = {
  [IM_UNDELIVERED_NONE] = "none",
  [IM_UNDELIVERED_OFFLINE] = "offline",
  [IM_UNDELIVERED_MAILBOX_FULL] = "mailbox-full",
  [IM_UNDELIVERED_REFUSES_OFFLINE] = "refuses-offline",
  [IM_UNDELIVERED_YOU_BLOCK] = "you-block",
  [IM_UNDELIVERED_TOO_FAST] = "too-fast",
  [IM_UNDELIVERED_NOT_ACCEPTED] = "not-accepted",
  [IM_UNDELIVERED_TOO_LONG] = "too-long",
  [IM_UNDELIVERED_YOU_WARNED] = "you-warned",
  [IM_UNDELIVERED_THEY_WARNED] = "they-warned",
  [IM_UNDELIVERED_SERVER] = "server",
  [IM_UNDELIVERED_DISCONNECTED] = "disconnected",
  [IM_UNDELIVERED_HIDDEN] = "hidden",
};

static const char *const notice_names[] = {
  [IM_NOTICE_NEWS] = "news",
  [IM_NOTICE_IMPORTANT] = "important",
  [IM_NOTICE_WARNED] = "warned",
  [IM_NOTICE_MISSED] = "missed",
  [IM_NOTICE_DECLINED] = "declined",
  [IM_NOTICE_RATE] = "rate",
  [IM_NOTICE_LOOPBACK] = "loopback",
  [IM_NOTICE_LIST_CUT] = "list-cut",
  [IM_NOTICE_ICON_REFUSED] = "icon-refused",
  [IM_NOTICE_YOU_WARNED] = "you-warned",
  [IM_NOTICE_WARNING_REFUSED] = "warning-refused",
  [IM_NOTICE_CLOSING] = "closing",
  [IM_NOTICE_UNSHOWN] = "unshown",
  [IM_NOTICE_NOT_INVITED] = "not-invited",
  [IM_NOTICE_LIST_UNREAD] = "list-unread",
  [IM_NOTICE_PLACES] = "places",
  [IM_NOTICE_CALLED] = "called",
  [IM_NOTICE_NOT_HIDDEN] = "not-hidden",
  [IM_NOTICE_STATUS_REFUSED] = "status-refused",
  [IM_NOTICE_SETTING_REFUSED] = "setting-refused",
};

int
test_host_problem (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (problem_names); i++)
    if (strcmp (problem_names[i], name) == 0)
      return (int) i;
  g_error ("no problem is called %s", name);
}

static void
log_closed (GString *log, const ImFailure *failure)
{
  g_string_append_printf (
      log, "closed problem=%s host=%s port=%u code=%u url=%s detail=%s "
           "retry=%u",
      problem_names[failure->problem], failure->host ? failure->host : "-", failure->port,
      failure->code, failure->url ? failure->url : "-",
      failure->detail ? failure->detail : "-", failure->retry_after);
}

static void
log_presence (GString *log, const char *word, const ImEventPresence *presence)
{
  g_string_append_printf (
      log, "%s who=%s status=%s message=%s idle=%" G_GINT64_FORMAT
           " online=%" G_GINT64_FORMAT " member=%" G_GINT64_FORMAT
           " warning=%u flags=%d",
      word, presence->who, status_names[presence->status],
      presence->message ? im_text_plain (presence->message) : "-",
      presence->idle_since, presence->online_since, presence->member_since,
      presence->warning, presence->flags);
  if (presence->nick != NULL)
    g_string_append_printf (log, " nick=%s", presence->nick);
  if (presence->media != NULL)
    g_string_append_printf (log, " media=%s", presence->media);
}

static void
log_privacy (GString *log, const ImEventPrivacy *privacy)
{
  g_autofree char *permit = g_strjoinv (",", (char **) privacy->permit);
  g_autofree char *deny = g_strjoinv (",", (char **) privacy->deny);

  g_string_append_printf (log, "privacy mode=%d permit=%s deny=%s",
                          privacy->mode, permit, deny);
}

static void
log_members (GString *log, const ImEventChatMembers *members)
{
  g_autofree char *names = g_strjoinv (",", (char **) members->names);

  g_string_append_printf (log, "chat-members chat=%u names=%s arrived=%d "
                               "present=%d",
                          members->chat, names, members->arrived,
                          members->present);
}

static void
log_chat (GString *log, const ImEvent *event)
{
  const ImEventChatMessage *message = &event->chat_message;

  if (event->type == IM_EVENT_CHAT_JOINED)
    g_string_append_printf (log, "chat-joined chat=%u name=%s",
                            event->chat.chat, event->chat.name);
  else if (event->type == IM_EVENT_CHAT_LEFT ||
           event->type == IM_EVENT_CHAT_FAILED)
    g_string_append_printf (
        log, "%s chat=%u name=%s problem=%s",
        event->type == IM_EVENT_CHAT_LEFT ? "chat-left" : "chat-failed",
        event->chat.chat, event->chat.name,
        problem_names[event->chat.failure.problem]);
  else if (event->type == IM_EVENT_CHAT_MEMBERS)
    log_members (log, &event->chat_members);
  else if (event->type == IM_EVENT_CHAT_MESSAGE)
    g_string_append_printf (
        log, "chat-message chat=%u from=%s text=%s whisper=%d mine=%d%s",
        message->chat, message->from, im_text_plain (message->text),
        message->whisper, message->mine,
        message->correction ? " correction" : "");
  else if (event->type == IM_EVENT_CHAT_TOPIC)
    g_string_append_printf (log, "chat-topic chat=%u topic=%s",
                            event->chat_topic.chat, event->chat_topic.topic);
  else if (event->type == IM_EVENT_CHAT_REFUSED)
    g_string_append_printf (
        log, "chat-refused chat=%u wish=%d who=%s", event->chat_refused.chat,
        event->chat_refused.wish,
        event->chat_refused.who ? event->chat_refused.who : "-");
  else if (event->type == IM_EVENT_CHAT_INVITE)
    g_string_append_printf (
        log, "chat-invite from=%s name=%s text=%s key=%s",
        event->chat_invite.from, event->chat_invite.name,
        event->chat_invite.text ? event->chat_invite.text : "-",
        event->chat_invite.key);
}

static void
log_fields (GString *log, const ImField *fields, guint n)
{
  for (guint i = 0; i < n; i++)
    g_string_append_printf (log, " %d=%s", fields[i].id, fields[i].value);
}

static void
log_event (GString *log, const ImEvent *event)
{
  switch (event->type)
    {
    case IM_EVENT_PROGRESS:
      g_string_append_printf (log, "progress step=%d", event->progress.step);
      break;
    case IM_EVENT_ONLINE:
      g_string_append (log, "online");
      break;
    case IM_EVENT_CLOSED:
      log_closed (log, &event->closed);
      break;
    case IM_EVENT_SELF:
      g_string_append_printf (log, "self name=%s warning=%u", event->self.name,
                              event->self.warning);
      break;
    case IM_EVENT_MESSAGE:
      g_string_append_printf (
          log, "message from=%s text=%s flags=%d time=%" G_GINT64_FORMAT,
          event->message.from, im_text_plain (event->message.text),
          event->message.flags, event->message.time);
      break;
    case IM_EVENT_TYPING:
      g_string_append_printf (log, "typing from=%s state=%d",
                              event->typing.from, event->typing.state);
      break;
    case IM_EVENT_DELIVERY:
      g_string_append_printf (
          log, "delivery id=%u to=%s outcome=%s reason=%s code=%u text=%s",
          event->delivery.id, event->delivery.to,
          delivery_names[event->delivery.outcome],
          undelivered_names[event->delivery.reason], event->delivery.code,
          im_text_plain (event->delivery.text));
      break;
    case IM_EVENT_PRESENCE:
      log_presence (log, "presence", &event->presence);
      break;
    case IM_EVENT_PROFILE:
      log_presence (log, "profile", &event->profile.presence);
      g_string_append_printf (
          log, " found=%d asked=%d profile=%s away=%s", event->profile.found,
          event->profile.asked,
          event->profile.profile ? im_text_plain (event->profile.profile) : "-",
          event->profile.away ? im_text_plain (event->profile.away) : "-");
      log_fields (log, event->profile.fields, event->profile.n_fields);
      break;
    case IM_EVENT_GROUP:
      g_string_append_printf (
          log, "group name=%s old=%s", event->group.name,
          event->group.old_name ? event->group.old_name : "-");
      break;
    case IM_EVENT_GROUP_GONE:
      g_string_append_printf (log, "group-gone name=%s", event->group.name);
      break;
    case IM_EVENT_BUDDY:
      g_string_append_printf (
          log, "buddy who=%s group=%s alias=%s note=%s flags=%d",
          event->buddy.who, event->buddy.group,
          event->buddy.alias ? event->buddy.alias : "-",
          event->buddy.note ? event->buddy.note : "-", event->buddy.flags);
      if (event->buddy.nick != NULL)
        g_string_append_printf (log, " nick=%s", event->buddy.nick);
      break;
    case IM_EVENT_BUDDY_GONE:
      g_string_append_printf (log, "buddy-gone who=%s group=%s",
                              event->buddy.who, event->buddy.group);
      break;
    case IM_EVENT_ROSTER_DONE:
      g_string_append (log, "roster-done");
      break;
    case IM_EVENT_LIST_ERROR:
      g_string_append_printf (log, "list-error who=%s group=%s reason=%d",
                              event->list_error.who, event->list_error.group,
                              event->list_error.reason);
      break;
    case IM_EVENT_PRIVACY:
      log_privacy (log, &event->privacy);
      break;
    case IM_EVENT_AUTH_REQUEST:
      g_string_append_printf (log, "auth-request who=%s reason=%s",
                              event->auth.who, event->auth.reason);
      break;
    case IM_EVENT_AUTH_REPLY:
      g_string_append_printf (log, "auth-reply who=%s granted=%d reason=%s",
                              event->auth.who, event->auth.granted,
                              event->auth.reason);
      break;
    case IM_EVENT_ADDED:
      g_string_append_printf (log, "added who=%s", event->auth.who);
      break;
    case IM_EVENT_NOTICE:
      g_string_append_printf (
          log, "notice kind=%s who=%s text=%s url=%s count=%u",
          notice_names[event->notice.kind], event->notice.who ? event->notice.who : "-",
          event->notice.text ? event->notice.text : "-",
          event->notice.url ? event->notice.url : "-", event->notice.count);
      break;
    case IM_EVENT_CHAT_JOINED:
    case IM_EVENT_CHAT_LEFT:
    case IM_EVENT_CHAT_FAILED:
    case IM_EVENT_CHAT_MEMBERS:
    case IM_EVENT_CHAT_MESSAGE:
    case IM_EVENT_CHAT_TOPIC:
    case IM_EVENT_CHAT_INVITE:
    case IM_EVENT_CHAT_REFUSED:
      log_chat (log, event);
      break;
    case IM_EVENT_ICON:
      g_string_append_printf (
          log, "icon who=%s hash=%s bytes=%" G_GSIZE_FORMAT, event->icon.who,
          event->icon.hash ? event->icon.hash : "-",
          event->icon.data ? g_bytes_get_size (event->icon.data) : 0);
      break;
    case IM_EVENT_PROMPT:
      g_string_append_printf (
          log, "prompt kind=%d text=%s", event->prompt.kind,
          event->prompt.text ? event->prompt.text : "-");
      break;
    case IM_EVENT_MOOD:
      g_string_append_printf (
          log, "mood who=%s mood=%s title=%s text=%s", event->mood.who,
          event->mood.mood ? event->mood.mood : "-",
          event->mood.title ? im_text_plain (event->mood.title) : "-",
          event->mood.text ? im_text_plain (event->mood.text) : "-");
      break;
    case IM_EVENT_FOUND:
      g_string_append_printf (log, "found people=%u more=%u",
                              event->found.n_people, event->found.more);
      if (event->found.outcome != IM_FOUND_ALL)
        g_string_append_printf (log, " outcome=%d", event->found.outcome);
      for (guint i = 0; i < event->found.n_people; i++)
        {
          g_string_append_c (log, '\n');
          log_fields (log, event->found.people[i].fields,
                      event->found.people[i].n_fields);
        }
      break;
    case IM_EVENT_ACCOUNT:
      g_string_append_printf (
          log, "account matter=%d outcome=%d code=%u text=%s url=%s",
          event->account.matter, event->account.outcome, event->account.code,
          event->account.text ? event->account.text : "-",
          event->account.url ? event->account.url : "-");
      break;
    case IM_EVENT_ATTENTION:
      g_string_append_printf (log, "attention from=%s",
                              event->attention.from);
      break;
    case IM_EVENT_MAIL:
      g_string_append_printf (
          log, "mail unread=%u%s from=%s subject=%s url=%s",
          event->mail.unread, event->mail.news ? " news" : "",
          event->mail.from ? event->mail.from : "-",
          event->mail.subject ? event->mail.subject : "-",
          event->mail.url ? event->mail.url : "-");
      if (event->mail.n_mails > 0)
        g_string_append_printf (log, " mails=%u", event->mail.n_mails);
      break;
    case IM_EVENT_OWN_STATUS:
      g_string_append_printf (
          log, "own-status status=%s text=%s",
          status_names[event->own_status.status],
          event->own_status.text ? im_text_plain (event->own_status.text)
                                 : "-");
      break;
    case IM_EVENT_RECORD:
      g_string_append_printf (log, "record who=%s kept=%d%s",
                              event->record.who, event->record.kept,
                              event->record.news ? " news" : "");
      break;
    case IM_EVENT_BOOKMARK:
      g_string_append_printf (
          log, "bookmark name=%s title=%s nick=%s",
          event->bookmark.name ? event->bookmark.name : "-",
          event->bookmark.title ? event->bookmark.title : "-",
          event->bookmark.nick ? event->bookmark.nick : "-");
      break;
    case IM_EVENT_TRANSFER:
      g_string_append_printf (
          log, "transfer id=%u state=%d done=%" G_GUINT64_FORMAT
          " reason=%d limit=%" G_GUINT64_FORMAT " code=%u url=%s",
          event->transfer.id, event->transfer.state, event->transfer.done,
          event->transfer.reason, event->transfer.limit,
          event->transfer.code,
          event->transfer.url ? event->transfer.url : "-");
      break;
    case IM_EVENT_CACHE:
      g_string_append_printf (
          log, "cache name=%s bytes=%" G_GSIZE_FORMAT, event->cache.name,
          event->cache.data ? g_bytes_get_size (event->cache.data) : 0);
      break;
    }
  g_string_append_c (log, '\n');
}

static void
take_event (ImHost *host, const ImEvent *event)
{
  TestHost *test = (TestHost *) host;

  if (!test->quiet)
    log_event (test->log, event);
  if (event->type == IM_EVENT_CACHE && event->cache.data != NULL)
    g_hash_table_insert (test->cache, g_strdup (event->cache.name),
                         g_bytes_ref (event->cache.data));
  if (test->on_event != NULL)
    test->on_event (test->on_event_user, event);
}

static void
debug (ImHost *host, const char *line)
{
  if (!((TestHost *) host)->quiet)
    g_debug ("%s", line);
}

static const ImHostOps test_ops = {
  .link_open = link_open,
  .link_write = link_write,
  .link_hold = link_hold,
  .link_start_tls = link_start_tls,
  .link_close = link_close,
  .timer_add = timer_add,
  .timer_cancel = timer_cancel,
  .http_send = http_send,
  .http_cancel = http_cancel,
  .cookies_list = cookies_list,
  .cookie_put = cookie_put,
  .cookies_clear = cookies_clear,
  .monotonic_ms = monotonic_ms,
  .wall_s = wall_s,
  .random = random_bytes,
  .event = take_event,
  .debug = debug,
};

static void
link_free (gpointer data)
{
  ImLink *link = data;

  g_free (link->record.host);
  g_free (link->record.verify_name);
  g_byte_array_unref (link->record.written);
  g_byte_array_unref (link->record.pending);
  g_free (link);
}

static void
http_free (gpointer data)
{
  ImHttp *http = data;

  g_free (http->record.method);
  g_free (http->record.url);
  g_free (http->record.content_type);
  g_free (http->record.cookies);
  g_strfreev (http->record.headers);
  g_clear_pointer (&http->record.body, g_bytes_unref);
  g_free (http);
}

TestHost *
test_host_new (void)
{
  TestHost *test = g_new0 (TestHost, 1);

  test->host.ops = &test_ops;
  test->links = g_ptr_array_new_with_free_func (link_free);
  test->https = g_ptr_array_new_with_free_func (http_free);
  test->jar = g_ptr_array_new_with_free_func ((GDestroyNotify) im_cookie_free);
  test->log = g_string_new (NULL);
  test->cache = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) g_bytes_unref);
  return test;
}

void
test_host_free (TestHost *test)
{
  if (test == NULL)
    return;
  g_slist_free_full (test->timers, g_free);
  g_ptr_array_unref (test->links);
  g_ptr_array_unref (test->https);
  g_ptr_array_unref (test->jar);
  g_string_free (test->log, TRUE);
  g_hash_table_unref (test->cache);
  g_free (test);
}

ImHost *
test_host_get (TestHost *test)
{
  return &test->host;
}

guint
test_host_n_links (TestHost *test)
{
  return test->links->len;
}

static ImLink *
nth_link (TestHost *test, guint i)
{
  g_assert_cmpuint (i, <, test->links->len);
  return g_ptr_array_index (test->links, i);
}

TestLink *
test_host_link (TestHost *test, guint i)
{
  return &nth_link (test, i)->record;
}

void
test_host_open (TestHost *test, guint i)
{
  ImLink *link = nth_link (test, i);

  g_assert_false (link->record.closed);
  link->record.opened = TRUE;
  link->handlers->opened (link->user, link);
}

void
test_host_feed (TestHost *test, guint i, const void *data, gsize len)
{
  ImLink *link = nth_link (test, i);

  g_byte_array_append (link->record.pending, data, (guint) len);
  deliver (link);
}

void
test_host_feed_hex (TestHost *test, guint i, const char *hex)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (const char *p = hex; *p != '\0';)
    {
      guint8 byte;

      if (g_ascii_isspace (*p))
        {
          p++;
          continue;
        }
      byte = (guint8) (g_ascii_xdigit_value (p[0]) << 4 |
                       g_ascii_xdigit_value (p[1]));
      g_byte_array_append (bytes, &byte, 1);
      p += 2;
    }
  test_host_feed (test, i, bytes->data, bytes->len);
}

void
test_host_drop (TestHost *test, guint i, int problem)
{
  ImLink *link = nth_link (test, i);
  g_autoptr (GError) error = NULL;

  g_assert_false (link->record.closed);
  link->record.closed = TRUE;
  if (problem >= 0)
    error = g_error_new_literal (IM_PROBLEM, problem, "scripted");
  link->handlers->closed (link->user, link, error);
}

guint
test_host_n_requests (TestHost *test)
{
  return test->https->len;
}

static ImHttp *
nth_http (TestHost *test, guint i)
{
  g_assert_cmpuint (i, <, test->https->len);
  return g_ptr_array_index (test->https, i);
}

TestRequest *
test_host_request (TestHost *test, guint i)
{
  return &nth_http (test, i)->record;
}

void
test_host_answer (TestHost *test, guint i, const ImHttpResponse *response)
{
  ImHttp *http = nth_http (test, i);

  g_assert_false (http->record.over);
  http->record.over = TRUE;
  keep_cookies (test, &http->record, response);
  http->func (http->user, response, NULL);
}

void
test_host_fail_request (TestHost *test, guint i, int problem)
{
  ImHttp *http = nth_http (test, i);
  g_autoptr (GError) error =
      g_error_new_literal (IM_PROBLEM, problem, "scripted");

  g_assert_false (http->record.over);
  http->record.over = TRUE;
  http->func (http->user, NULL, error);
}

static gboolean
fire_next (TestHost *test, gint64 until)
{
  ImTimer *timer = test->timers != NULL ? test->timers->data : NULL;

  if (timer == NULL || timer->due > until)
    return FALSE;
  test->timers = g_slist_delete_link (test->timers, test->timers);
  test->now_ms = MAX (test->now_ms, timer->due);
  timer->func (timer->user);
  g_free (timer);
  return TRUE;
}

void
test_host_advance (TestHost *test, guint ms)
{
  gint64 until = test->now_ms + ms;

  while (fire_next (test, until))
    ;
  test->now_ms = until;
}

void
test_host_settle (TestHost *test)
{
  while (fire_next (test, test->now_ms))
    ;
}

GBytes *
test_host_take_written (TestHost *test, guint i)
{
  TestLink *link = test_host_link (test, i);
  GByteArray *taken = link->written;

  link->written = g_byte_array_new ();
  return g_byte_array_free_to_bytes (taken);
}

const char *
test_host_log (TestHost *test)
{
  return test->log->str;
}

void
test_host_clear_log (TestHost *test)
{
  g_string_truncate (test->log, 0);
}

guint
test_host_count (TestHost *test, const char *pattern)
{
  g_auto (GStrv) lines = g_strsplit (test->log->str, "\n", -1);
  guint count = 0;

  for (char **line = lines; *line != NULL; line++)
    if (g_pattern_match_simple (pattern, *line))
      count++;
  return count;
}

void
test_host_expect (TestHost *test, const char *pattern)
{
  if (test_host_count (test, pattern) == 0)
    g_error ("expected \"%s\" in:\n%s", pattern, test->log->str);
}

void
test_host_forbid (TestHost *test, const char *pattern)
{
  if (test_host_count (test, pattern) > 0)
    g_error ("did not expect \"%s\" in:\n%s", pattern, test->log->str);
}

void
test_host_on_event (TestHost *test,
                    void (*func) (gpointer user, const ImEvent *event),
                    gpointer user)
{
  test->on_event = func;
  test->on_event_user = user;
}

GBytes *
test_host_cache (TestHost *test, const char *name)
{
  return g_hash_table_lookup (test->cache, name);
}

GHashTable *
test_host_caches (TestHost *test)
{
  return test->cache;
}

void
test_host_set_quiet (TestHost *test, gboolean quiet)
{
  test->quiet = quiet;
}

guint
test_host_n_timers (TestHost *test)
{
  return g_slist_length (test->timers);
}
