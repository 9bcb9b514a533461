#pragma once

/* What the notification server says in messages of its own: the profile,
 * mail, offline messages that wait, maintenance; and in NOT, IPG and URL.
 *
 * Only messages from the sender "Hotmail" are believed, and none of these
 * types on a switchboard. Most have a second set of headers as their body.
 * wiki.nina.chat, Protocols/MSNP, and github.com/subpurple/escargot. */

#include "im-secret.h"
#include "msnp-frame.h"
#include "msnp-mime.h"

/** Returns: whether a MSG is the server's own, not somebody's */
IM_API gboolean msnp_notice_is_own (const MsnpCommand *command);

/**
 * MsnpProfile:
 * @login_time: unix time of the server at sign-on, or 0
 * @has_mailbox: there is mail to tell about
 * @member_id: the account as a number, or 0
 * @auth: (nullable): a ticket for web pages
 * @address: (nullable): where we are, as the server sees it
 * @port: likewise, or 0
 * @places: signing on at several places is allowed
 */
typedef struct
{
  gint64 login_time;
  gboolean has_mailbox;
  guint64 member_id;
  ImSecret *auth;
  char *address;
  guint16 port;
  gboolean places;
} MsnpProfile;

IM_API void msnp_profile_clear (MsnpProfile *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpProfile, msnp_profile_clear)

/**
 * msnp_notice_decode_profile:
 * @mime: a message
 * @ret: (out): what it says, set only if it is one. What is missing or makes
 *   no sense counts as not said
 *
 * Returns: whether it is a text/x-msmsgsprofile
 */
IM_API gboolean msnp_notice_decode_profile (const MsnpMime *mime,
                                            MsnpProfile *ret);

typedef enum
{
  MSNP_MAIL_COUNTS,  /* at sign-on, how much is unread */
  MSNP_MAIL_DATA,    /* at sign-on, from version 11: a Mail-Data */
  MSNP_MAIL_OFFLINE, /* somebody left a message: a Mail-Data */
  MSNP_MAIL_NEW,     /* a mail came */
  MSNP_MAIL_MOVED,   /* counts change */
} MsnpMailKind;

/**
 * MsnpMail:
 * @kind: what it is about
 * @inbox: with %MSNP_MAIL_COUNTS, unread mail in the inbox
 * @folders: with it, unread mail elsewhere
 * @from: (nullable): with %MSNP_MAIL_NEW, the sender's name, tidy
 * @address: (nullable): with it, the sender's address, tidy
 * @subject: (nullable): with it, tidy
 * @folder: (nullable): with it and %MSNP_MAIL_MOVED, where mail came to:
 *   "ACTIVE" is the inbox
 * @from_folder: (nullable): with %MSNP_MAIL_MOVED, where it was. Offline
 *   messages are in ".!!OIM" until deleted
 * @delta: with %MSNP_MAIL_MOVED, how many
 * @data: (nullable): with %MSNP_MAIL_DATA and %MSNP_MAIL_OFFLINE, XML for
 *   msnp_oim_decode_waiting(), or "too-large"
 */
typedef struct
{
  MsnpMailKind kind;
  guint inbox;
  guint folders;
  char *from;
  char *address;
  char *subject;
  char *folder;
  char *from_folder;
  guint delta;
  char *data;
} MsnpMail;

IM_API void msnp_mail_clear (MsnpMail *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpMail, msnp_mail_clear)

/**
 * msnp_notice_decode_mail:
 * @mime: a message
 * @ret: (out): what it says, set only if it is about mail
 *
 * Addresses of web pages are not read: what they lead to has been dead for
 * long, or wants something made of the password.
 *
 * Returns: whether it is about mail
 */
IM_API gboolean msnp_notice_decode_mail (const MsnpMime *mime, MsnpMail *ret);

/**
 * msnp_notice_decode_maintenance:
 * @mime: a message
 * @ret_minutes: (out): until the server goes down, set only if it says so
 *
 * Returns: whether it is an application/x-msmsgssystemmessage that says so
 */
IM_API gboolean msnp_notice_decode_maintenance (const MsnpMime *mime,
                                                guint *ret_minutes);

/**
 * MsnpAlert:
 * @list_changed: our list was changed elsewhere; there is nothing to show
 * @from: (nullable): who sends it, tidy; a number for messages from
 *   telephones
 * @text: (nullable): what to show, tidy
 */
typedef struct
{
  gboolean list_changed;
  char *from;
  char *text;
} MsnpAlert;

IM_API void msnp_alert_clear (MsnpAlert *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnpAlert, msnp_alert_clear)

/**
 * msnp_notice_decode_alert:
 * @payload: of a NOT or IPG
 * @ret: (out): what it says, set only on success
 * @error: return location
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR for what is no NOTIFICATION
 */
IM_API gboolean msnp_notice_decode_alert (const ImReader *payload,
                                          MsnpAlert *ret, GError **error);

/**
 * msnp_notice_dup_page:
 * @command: a URL
 *
 * Servers mean the page to be opened with a digest of the password; it is
 * opened without, or not at all.
 *
 * Returns: (transfer full) (nullable): the page it names, if it can be opened
 *   as it is
 */
IM_API char *msnp_notice_dup_page (const MsnpCommand *command);
