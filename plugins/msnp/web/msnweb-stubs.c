/* Commands whose parts do not exist yet. */
#include "msnweb-session-private.h"

void msnweb_session_set_status (MsnwebSession *session, ImStatus status, const ImText *message) {}
void msnweb_session_set_idle (MsnwebSession *session, guint seconds) {}
void msnweb_session_set_nick (MsnwebSession *session, const char *nick) {}
void msnweb_session_get_info (MsnwebSession *session, const char *who) {}
guint msnweb_session_send_message (MsnwebSession *session, const char *to, const ImText *text) { return 0; }
void msnweb_session_send_typing (MsnwebSession *session, const char *to, ImTyping state) {}
gboolean msnweb_session_send_nudge (MsnwebSession *session, const char *to) { return FALSE; }
guint msnweb_session_start_chat (MsnwebSession *session) { return 0; }
guint msnweb_session_widen_talk (MsnwebSession *session, const char *who) { return 0; }
void msnweb_session_invite (MsnwebSession *session, guint chat, const char *who) {}
void msnweb_session_leave_chat (MsnwebSession *session, guint chat) {}
void msnweb_session_kick (MsnwebSession *session, guint chat, const char *who) {}
gboolean msnweb_session_say_in_chat (MsnwebSession *session, guint chat, const ImText *text) { return FALSE; }
void msnweb_session_set_topic (MsnwebSession *session, guint chat, const char *topic) {}
guint msnweb_session_open_chat (MsnwebSession *session, const char *name) { return 0; }
void msnweb_session_add_buddy (MsnwebSession *session, const char *who, const char *group, const char *alias, const char *words) {}
void msnweb_session_remove_buddy (MsnwebSession *session, const char *who, const char *group) {}
void msnweb_session_reply_auth (MsnwebSession *session, const char *who, gboolean grant) {}
void msnweb_session_sign_off_places (MsnwebSession *session) {}
guint msnweb_session_n_places (const MsnwebSession *session) { return 0; }
