#include "gtalk-seen.h"

#include <string.h>

#include "glue-i18n.h"
#include "gtalk-actions.h"
#include "gtalk-session.h"

#define SETTING "tell_read"

/* What Pidgin keeps on a conversation. */
#define UNSEEN_COUNT "unseen-count"

static int handle;
static gboolean watching;

/* Off by default: it says more about somebody than that they are online. */
PurpleAccountOption *
gtalk_seen_option (void)
{
  return purple_account_option_bool_new (
      _("Tell buddies when I have read their messages"), SETTING, FALSE);
}

void
gtalk_seen_by_user (GlueHost *glue, const char *who)
{
  if (purple_account_get_bool (glue->account, SETTING, FALSE))
    gtalk_session_seen (glue->session, who);
}

static void
seen (PurpleConversation *conv)
{
  PurpleAccount *account = purple_conversation_get_account (conv);
  PurpleConnection *gc = purple_conversation_get_gc (conv);
  GlueHost *glue;

  if (purple_conversation_get_type (conv) != PURPLE_CONV_TYPE_IM ||
      gc == NULL ||
      strcmp (purple_account_get_protocol_id (account), gtalk_protocol.id))
    return;
  glue = glue_host_of (gc);
  if (glue != NULL && glue->session != NULL)
    gtalk_seen_by_user (glue, purple_conversation_get_name (conv));
}

static void
on_received (PurpleAccount *account, const char *who, const char *text,
             PurpleConversation *conv, PurpleMessageFlags flags, void *data)
{
  if (conv != NULL && purple_conversation_has_focus (conv))
    seen (conv);
}

/* While a window gets the keyboard it does not have it yet; what is unread is
 * nothing by then. */
static void
on_updated (PurpleConversation *conv, PurpleConvUpdateType what, void *data)
{
  if (what == PURPLE_CONV_UPDATE_UNSEEN &&
      purple_conversation_get_data (conv, UNSEEN_COUNT) == NULL)
    seen (conv);
}

void
gtalk_seen_watch (void)
{
  void *conversations = purple_conversations_get_handle ();

  if (watching)
    return;
  watching = TRUE;
  purple_signal_connect (conversations, "received-im-msg", &handle,
                         PURPLE_CALLBACK (on_received), NULL);
  purple_signal_connect (conversations, "conversation-updated", &handle,
                         PURPLE_CALLBACK (on_updated), NULL);
}

void
gtalk_seen_unwatch (void)
{
  purple_signals_disconnect_by_handle (&handle);
  watching = FALSE;
}
