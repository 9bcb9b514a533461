#pragma once

/* The vocabulary of things a session can report, one for all protocols.
 *
 * A session hands an #ImEvent to its host and forgets it: every pointer in it
 * is borrowed and valid only during the call. Names are as the server writes
 * them (display form); whoever compares them normalises first. */

#include <glib.h>
#include "im-error.h"
#include "im-secret.h"
#include "im-text.h"

typedef enum
{
  IM_EVENT_PROGRESS,      /* a step of the sign-on began */
  IM_EVENT_ONLINE,        /* signed on, list complete, presence out */
  IM_EVENT_CLOSED,        /* the session is over; nothing follows */
  IM_EVENT_SELF,          /* what the server calls us, our own state there */
  IM_EVENT_MESSAGE,
  IM_EVENT_TYPING,
  IM_EVENT_DELIVERY,      /* the outcome of a message of ours */
  IM_EVENT_PRESENCE,
  IM_EVENT_PROFILE,       /* the answer to a question about somebody */
  IM_EVENT_GROUP,         /* a group on the server's list */
  IM_EVENT_BUDDY,         /* a buddy on the server's list, new or changed */
  IM_EVENT_BUDDY_GONE,    /* ... and removed from it */
  IM_EVENT_GROUP_GONE,
  IM_EVENT_ROSTER_DONE,   /* every buddy of the list was reported */
  IM_EVENT_LIST_ERROR,    /* an edit of the list was refused */
  IM_EVENT_PRIVACY,       /* the server's privacy mode and its lists */
  IM_EVENT_AUTH_REQUEST,  /* somebody asks to put us on their list */
  IM_EVENT_AUTH_REPLY,    /* ... or answered when we asked */
  IM_EVENT_ADDED,         /* somebody put us on their list */
  IM_EVENT_NOTICE,        /* the service has something to say */
  IM_EVENT_CACHE,         /* something worth keeping for the next sign-on */
  IM_EVENT_PROMPT,        /* only the user knows how to go on */

  IM_EVENT_CHAT_JOINED,   /* we are in a room */
  IM_EVENT_CHAT_LEFT,     /* we no longer are, without having asked */
  IM_EVENT_CHAT_FAILED,   /* a room could not be joined */
  IM_EVENT_CHAT_MEMBERS,  /* people came to a room or left it */
  IM_EVENT_CHAT_MESSAGE,
  IM_EVENT_CHAT_TOPIC,    /* what a room is about */
  IM_EVENT_CHAT_INVITE,   /* somebody asks us into a room */
  IM_EVENT_CHAT_REFUSED,  /* what we wanted in a room is not done */
  IM_EVENT_ICON,          /* somebody's picture is known, or changed */
  IM_EVENT_MOOD,          /* how somebody says they feel */
  IM_EVENT_FOUND,         /* the people a search found */
  IM_EVENT_ACCOUNT,       /* what came of a change of our account */
  IM_EVENT_ATTENTION,     /* somebody wants to be noticed: a nudge, a buzz */
  IM_EVENT_MAIL,          /* there is mail in the mailbox of the account */
  IM_EVENT_OWN_STATUS,    /* our state is another than the user chose here */
  IM_EVENT_RECORD,        /* whether the server keeps what is said to somebody */
  IM_EVENT_TRANSFER,      /* how a file of ours comes along */
  IM_EVENT_BOOKMARK,      /* a room the server remembers for us */
} ImEventType;

typedef enum
{
  IM_STEP_CONNECTING,     /* to the sign-in server */
  IM_STEP_SIGNING_IN,
  IM_STEP_JOINING,        /* connecting to the server that keeps us */
  IM_STEP_LISTS,          /* fetching the list */
  IM_STEP_WAITING,        /* the server named a time; see seconds */
} ImStep;

typedef struct
{
  ImStep step;
  guint seconds;
} ImEventProgress;

/** The states of all networks together; each has a word for some of them. */
typedef enum
{
  IM_STATUS_OFFLINE,
  IM_STATUS_AVAILABLE,
  IM_STATUS_FREE_FOR_CHAT,
  IM_STATUS_AWAY,
  IM_STATUS_NOT_AVAILABLE,
  IM_STATUS_OCCUPIED,
  IM_STATUS_DND,
  IM_STATUS_INVISIBLE,
  IM_STATUS_RIGHT_BACK,
  IM_STATUS_PHONE,
  IM_STATUS_LUNCH,
  IM_N_STATUSES,
} ImStatus;

/**
 * ImEventSelf:
 * @name: our name as the server formats it
 * @warning: our warning level in percent
 */
typedef struct
{
  const char *name;
  guint warning;
} ImEventSelf;

typedef enum
{
  IM_MESSAGE_AUTO_REPLY = 1 << 0,
  IM_MESSAGE_OFFLINE = 1 << 1,   /* was stored by the server */
  IM_MESSAGE_TRUNCATED = 1 << 2, /* too long to show whole */
  IM_MESSAGE_CONTACTS = 1 << 3,  /* is a list of people, one a line */
  IM_MESSAGE_PAGER = 1 << 4,     /* was written on a web page */
  IM_MESSAGE_MAIL = 1 << 5,      /* was sent as e-mail */
  IM_MESSAGE_OWN = 1 << 6,       /* we wrote it, at another place; from is
                                    then to whom */
  IM_MESSAGE_CORRECTION = 1 << 7, /* takes the place of an earlier one */
} ImMessageFlags;

/**
 * ImEventMessage:
 * @from: who wrote it
 * @text: what
 * @flags: how it came
 * @time: unix time it was sent, or 0 for now
 */
typedef struct
{
  const char *from;
  const ImText *text;
  ImMessageFlags flags;
  gint64 time;
} ImEventMessage;

typedef enum
{
  IM_TYPING_STOPPED,
  IM_TYPING_TYPING,
  IM_TYPING_PAUSED,
} ImTyping;

typedef struct
{
  const char *from;
  ImTyping state;
} ImEventTyping;

typedef enum
{
  IM_DELIVERY_HELD,       /* waits for the server's rate limit */
  IM_DELIVERY_SENT,       /* left, after having been held */
  IM_DELIVERY_ACCEPTED,   /* the server has it */
  IM_DELIVERY_FAILED,     /* see reason; it will not arrive */
  IM_DELIVERY_UNKNOWN,    /* the link broke before an answer */
  IM_DELIVERY_DELIVERED,  /* arrived at the recipient's client */
} ImDelivery;

typedef enum
{
  IM_UNDELIVERED_NONE,
  IM_UNDELIVERED_OFFLINE,
  IM_UNDELIVERED_MAILBOX_FULL,
  IM_UNDELIVERED_REFUSES_OFFLINE,
  IM_UNDELIVERED_YOU_BLOCK,
  IM_UNDELIVERED_TOO_FAST,
  IM_UNDELIVERED_NOT_ACCEPTED,  /* their client does not take such messages */
  IM_UNDELIVERED_TOO_LONG,
  IM_UNDELIVERED_YOU_WARNED,
  IM_UNDELIVERED_THEY_WARNED,
  IM_UNDELIVERED_SERVER,        /* could not, see code */
  IM_UNDELIVERED_DISCONNECTED,
  IM_UNDELIVERED_HIDDEN,        /* we appear offline, so nobody may answer */
} ImUndelivered;

/**
 * ImEventDelivery:
 * @id: what the send command returned
 * @to: the recipient, or what the room is called
 * @text: the message
 * @outcome: what became of it
 * @reason: why it failed
 * @code: the server's number for it, or 0
 * @chat: the room it was said in, or 0
 */
typedef struct
{
  guint id;
  const char *to;
  const ImText *text;
  ImDelivery outcome;
  ImUndelivered reason;
  guint code;
  guint chat;
} ImEventDelivery;

typedef enum
{
  IM_PEER_MOBILE = 1 << 0,
  IM_PEER_BOT = 1 << 1,
  IM_PEER_OFFICIAL = 1 << 2,
  IM_PEER_ADMIN = 1 << 3,
  IM_PEER_UNCONFIRMED = 1 << 4,
  IM_PEER_WANTS_TYPING = 1 << 5,
  IM_PEER_AWAITS_AUTH = 1 << 6,  /* has not yet let us see them */
  IM_PEER_BIRTHDAY = 1 << 7,     /* says that it is their birthday */
} ImPeerFlags;

/**
 * ImEventPresence:
 * @who: whose
 * @status: %IM_STATUS_OFFLINE when they left
 * @message: (nullable): their available or away text, if the presence
 *   carries it
 * @idle_since: unix time of their last sign of life, or 0
 * @online_since: unix time they signed on, or 0
 * @member_since: unix time the account was made, or 0
 * @warning: their warning level in percent
 * @flags: what they are
 * @client: (nullable): one word for what their client can do, for tooltips
 * @nick: (nullable): the name they gave themselves, if the presence carries it
 * @media: (nullable): what they listen to, one line
 */
typedef struct
{
  const char *who;
  ImStatus status;
  const ImText *message;
  gint64 idle_since;
  gint64 online_since;
  gint64 member_since;
  guint warning;
  ImPeerFlags flags;
  const char *client;
  const char *nick;
  const char *media;
} ImEventPresence;

/** What there is to know about a person. */
typedef enum
{
  IM_FIELD_NAME,          /* the account: screen name or number */
  IM_FIELD_NICK,
  IM_FIELD_FIRST_NAME,
  IM_FIELD_LAST_NAME,
  IM_FIELD_EMAIL,         /* there may be several */
  IM_FIELD_GENDER,        /* "female" or "male" */
  IM_FIELD_AGE,           /* years */
  IM_FIELD_BIRTHDAY,      /* YYYY-MM-DD */
  IM_FIELD_CITY,
  IM_FIELD_STATE,
  IM_FIELD_STREET,
  IM_FIELD_ZIP,
  IM_FIELD_COUNTRY,       /* its English name; also of other countries */
  IM_FIELD_PHONE,
  IM_FIELD_FAX,
  IM_FIELD_CELL,
  IM_FIELD_HOMEPAGE,
  IM_FIELD_LANGUAGE,      /* its English name; there may be several */
  IM_FIELD_ORIGIN_CITY,
  IM_FIELD_ORIGIN_STATE,
  IM_FIELD_ORIGIN_COUNTRY,
  IM_FIELD_INTEREST,      /* there may be several, also of the next two */
  IM_FIELD_PAST,
  IM_FIELD_MEMBER_OF,
  IM_FIELD_COMPANY,
  IM_FIELD_DEPARTMENT,
  IM_FIELD_POSITION,
  IM_FIELD_OCCUPATION,    /* in English */
  IM_FIELD_WORK_STREET,
  IM_FIELD_WORK_CITY,
  IM_FIELD_WORK_STATE,
  IM_FIELD_WORK_ZIP,
  IM_FIELD_WORK_COUNTRY,
  IM_FIELD_WORK_PHONE,
  IM_FIELD_WORK_FAX,
  IM_FIELD_WORK_PAGE,
  IM_FIELD_NOTES,
  IM_FIELD_NEEDS_AUTH,    /* "1": must be asked before one may add them */
  IM_FIELD_WEB_AWARE,     /* "1": web pages may show whether they are online */
  IM_FIELD_ONLINE,        /* "1" or "0" */
  IM_FIELD_KEYWORDS,      /* of a search */
  IM_FIELD_ON_THEIR_LIST, /* "1": we are on their list */
} ImFieldId;

/** A field with its value, never empty; numbers and dates as text. */
typedef struct
{
  ImFieldId id;
  const char *value;
} ImField;

/**
 * ImEventProfile:
 * @presence: what is known of their presence; who is set
 * @found: %FALSE if the server knows nothing (offline or no such name)
 * @asked: the user asked for it, so show it; else it only refreshes what the
 *   host has (an away text)
 * @profile: (nullable): what they wrote about themselves
 * @away: (nullable): their away text
 * @own: it is about ourselves, asked for to be changed
 * @fields: what else is known, in the order to show it
 * @n_fields: how many of them
 */
typedef struct
{
  ImEventPresence presence;
  gboolean found;
  gboolean asked;
  const ImText *profile;
  const ImText *away;
  gboolean own;
  const ImField *fields;
  guint n_fields;
} ImEventProfile;

/**
 * ImEventBuddy:
 * @who: the buddy
 * @group: the group it stands in; "" for none
 * @alias: (nullable): the name the user gave it
 * @note: (nullable): the user's note about it
 * @flags: only %IM_PEER_AWAITS_AUTH
 * @nick: (nullable): the name they gave themselves, if the list carries it
 */
typedef struct
{
  const char *who;
  const char *group;
  const char *alias;
  const char *note;
  ImPeerFlags flags;
  const char *nick;
} ImEventBuddy;

/** A group: @name, or with @old_name a renamed one. */
typedef struct
{
  const char *name;
  const char *old_name;
} ImEventGroup;

typedef enum
{
  IM_LIST_ERROR_FULL,
  IM_LIST_ERROR_NAME,         /* the server does not like the name */
  IM_LIST_ERROR_OTHER_NETWORK, /* ICQ contact on an AIM list or reverse */
  IM_LIST_ERROR_NEEDS_AUTH,
  IM_LIST_ERROR_SERVER,       /* see code */
  IM_LIST_ERROR_BAD_ADDRESS,
  IM_LIST_ERROR_NO_SUCH_USER,
  IM_LIST_ERROR_BLOCKED,      /* is on the deny list */
  IM_LIST_ERROR_TOO_MANY_GROUPS,
  IM_LIST_ERROR_NO_SUCH_GROUP,
  IM_LIST_ERROR_GROUP_EXISTS,
  IM_LIST_ERROR_GROUP_NAME,   /* is too long, or not liked */
  IM_LIST_ERROR_GROUP_NOT_EMPTY,
  IM_LIST_ERROR_DEFAULT_GROUP, /* cannot be removed */
  IM_LIST_ERROR_UNAVAILABLE,  /* there is no list now */
  IM_LIST_ERROR_TOO_FAST,
  IM_LIST_ERROR_NOT_ALLOWED,  /* to our account */
} ImListError;

/** An edit for @who in @group was refused; the session has taken it back. One
 * of a group alone has an empty @who. */
typedef struct
{
  const char *who;
  const char *group;
  ImListError reason;
  guint code;
} ImEventListError;

typedef enum
{
  IM_PRIVACY_ALLOW_ALL = 1,   /* the values are libpurple's and OSCAR's */
  IM_PRIVACY_DENY_ALL,
  IM_PRIVACY_ALLOW_LISTED,
  IM_PRIVACY_DENY_LISTED,
  IM_PRIVACY_ALLOW_BUDDIES,
} ImPrivacyMode;

/** The privacy settings the server keeps, whole. Lists end with %NULL. */
typedef struct
{
  ImPrivacyMode mode;
  const char *const *permit;
  const char *const *deny;
} ImEventPrivacy;

/** @granted matters in replies only. @reason may be %NULL. */
typedef struct
{
  const char *who;
  const char *reason;
  gboolean granted;
} ImEventAuth;

typedef enum
{
  IM_NOTICE_NEWS,      /* worth a line in the log */
  IM_NOTICE_IMPORTANT, /* worth interrupting for */
  IM_NOTICE_WARNED,    /* somebody warned us: who is set if not anonymous;
                          count is our level in percent */
  IM_NOTICE_MISSED,    /* who sent count messages that were not delivered */
  IM_NOTICE_DECLINED,  /* an offer of who was declined: we cannot do it */
  IM_NOTICE_RATE,      /* the network asks to slow down */
  IM_NOTICE_LOOPBACK,  /* the server named an unusable address; see detail */
  IM_NOTICE_LIST_CUT,  /* the list is longer than we take */
  IM_NOTICE_ICON_REFUSED, /* our icon; count is the server's code */
  IM_NOTICE_YOU_WARNED, /* we warned who; count is their level in percent */
  IM_NOTICE_WARNING_REFUSED, /* we could not warn who; count is the code */
  IM_NOTICE_CLOSING,   /* the server goes down in count minutes */
  IM_NOTICE_UNSHOWN,   /* who sent what no host here can show; text is one of
                          "ink", "wink", "voice" and "content" */
  IM_NOTICE_NOT_INVITED, /* who could not be called into the room text; count
                            is the server's code */
  IM_NOTICE_LIST_UNREAD, /* signed on, but the list could not be read; text
                            is why, count the code */
  IM_NOTICE_PLACES,    /* we are signed on in count places, this included; 0 if
                          the server does not say */
  IM_NOTICE_CALLED,    /* who called by voice or video, which we cannot do */
  IM_NOTICE_NOT_HIDDEN, /* nothing hides us, so we are shown as busy; count is
                           0 if the server cannot, 1 if another program of
                           ours keeps it from doing so */
  IM_NOTICE_STATUS_REFUSED, /* the server did not take our state; text is
                               what it says, if anything */
  IM_NOTICE_SETTING_REFUSED, /* ... a setting of the account */
} ImNotice;

typedef struct
{
  ImNotice kind;
  const char *who;
  const char *text;
  const char *url;
  guint count;
} ImEventNotice;

/**
 * ImEventCache:
 * @name: what it is; the same name is asked for at the next sign-on
 * @data: (nullable): the bytes to keep, %NULL to forget them
 * @secret: whoever has them can sign in: kept only where the password is
 */
typedef struct
{
  const char *name;
  GBytes *data;
  gboolean secret;
} ImEventCache;

typedef enum
{
  IM_PROMPT_CODE,      /* the one-time code their device shows */
  IM_PROMPT_NEXT_CODE, /* the one it shows after that */
  IM_PROMPT_CAPTCHA,   /* what a picture says; text is its address */
  IM_PROMPT_WEAKER,    /* whether to sign in in a weaker way than last time,
                          which is all there is; text is its name. Any answer
                          means yes */
} ImPrompt;

/**
 * ImEventPrompt:
 * @kind: what is asked for
 * @text: (nullable): the server's words for it
 *
 * The session waits until it is told the answer, or that there is none. A new
 * prompt takes the place of the last one.
 */
typedef struct
{
  ImPrompt kind;
  const char *text;
} ImEventPrompt;

/** Why one is not in a room, as far as it is the room's doing. */
typedef enum
{
  IM_ROOM_END_NONE,         /* it is not: see failure */
  IM_ROOM_END_KICKED,       /* somebody removed us */
  IM_ROOM_END_BANNED,       /* and we may not come back */
  IM_ROOM_END_DESTROYED,    /* there is no such room any more */
  IM_ROOM_END_MEMBERS_ONLY,
  IM_ROOM_END_CLOSING,      /* the service goes down */
  IM_ROOM_END_PASSWORD,     /* it needs one, or another one */
  IM_ROOM_END_NICK_TAKEN,
  IM_ROOM_END_NICK_OTHER,   /* we have to use the nickname registered there */
  IM_ROOM_END_LOCKED,       /* it does not exist yet */
  IM_ROOM_END_NO_CREATING,  /* it does not, and we may not make it */
  IM_ROOM_END_FULL,
  IM_ROOM_END_BAD_NAME,
  IM_ROOM_END_UNREACHABLE,  /* its server is */
} ImRoomEnd;

/**
 * ImEventChat:
 * @chat: the session's number for the room; never 0
 * @name: what the room is called, as it was asked for
 * @nick: (nullable): JOINED: what we are called there, if not as our account
 * @end: LEFT and FAILED: why
 * @by: (nullable): who did it
 * @words: (nullable): what they say about it
 * @failure: LEFT and FAILED: why, if @end does not say
 *
 * JOINED, LEFT and FAILED (then @chat may be 0).
 */
typedef struct
{
  guint chat;
  const char *name;
  const char *nick;
  ImRoomEnd end;
  const char *by;
  const char *words;
  ImFailure failure;
} ImEventChat;

/** What somebody may do in a room. */
typedef enum
{
  IM_RANK_NONE,      /* listen, or there are no ranks */
  IM_RANK_VOICE,     /* speak */
  IM_RANK_MODERATOR, /* remove others */
  IM_RANK_OWNER,
} ImRank;

/**
 * ImEventChatMembers:
 * @chat: the room
 * @names: who, ending with %NULL
 * @arrived: %FALSE if they left
 * @present: they were there when we came, so nobody needs to be told
 * @ranks: (nullable): of those who arrived, as many as @names; who was there
 *   before has a new one
 * @renamed: (nullable): nobody came or left: the only one of @names is called
 *   that from now on; perhaps it is ourselves
 * @words: (nullable): why they left
 */
typedef struct
{
  guint chat;
  const char *const *names;
  gboolean arrived;
  gboolean present;
  const ImRank *ranks;
  const char *renamed;
  const char *words;
} ImEventChatMembers;

/**
 * ImEventChatMessage:
 * @chat: the room
 * @from: who said it; may be ourselves
 * @text: what
 * @whisper: to us alone
 * @mine: it is the echo of a message of ours
 * @correction: takes the place of their last one
 * @time: unix time, or 0 for now
 */
typedef struct
{
  guint chat;
  const char *from;
  const ImText *text;
  gboolean whisper;
  gboolean mine;
  gboolean correction;
  gint64 time;
} ImEventChatMessage;

/** What room @chat is about, as the server or @by says. */
typedef struct
{
  guint chat;
  const char *by;
  const char *topic;
} ImEventChatTopic;

/**
 * ImEventChatInvite:
 * @from: who asks
 * @name: what the room is called
 * @text: (nullable): words to go with it
 * @key: what to hand back to the session to join; opaque
 */
typedef struct
{
  const char *from;
  const char *name;
  const char *text;
  const char *key;
} ImEventChatInvite;

/** What was wanted. */
typedef enum
{
  IM_ROOM_WISH_NICK,
  IM_ROOM_WISH_TOPIC,
  IM_ROOM_WISH_KICK,
  IM_ROOM_WISH_INVITE,
} ImRoomWish;

typedef enum
{
  IM_ROOM_WHY_NOT_ALLOWED,
  IM_ROOM_WHY_NOT_TAKEN,    /* of a nickname: somebody else has it */
  IM_ROOM_WHY_NOT_DECLINED, /* of an invitation: they do not want to come */
} ImRoomWhyNot;

/**
 * ImEventChatRefused:
 * @chat: the room
 * @wish: what does not happen
 * @who: (nullable): about whom; of a nickname, the one that was wanted
 * @why: why not
 */
typedef struct
{
  guint chat;
  ImRoomWish wish;
  const char *who;
  ImRoomWhyNot why;
} ImEventChatRefused;

/**
 * ImEventIcon:
 * @who: whose
 * @hash: (nullable): hex digits that stand for the picture; %NULL: has none
 * @data: (nullable): the picture. Without it, the host asks the session to
 *   fetch the picture unless it has one with that hash
 */
typedef struct
{
  const char *who;
  const char *hash;
  GBytes *data;
} ImEventIcon;

/**
 * ImEventMood:
 * @who: whose
 * @mood: (nullable): a word for it, %NULL for none any more
 * @title: (nullable): what they call it; may come later than @mood
 * @text: (nullable): what more they say about it
 */
typedef struct
{
  const char *who;
  const char *mood;
  const ImText *title;
  const ImText *text;
} ImEventMood;

/** Somebody a search found; the first field is %IM_FIELD_NAME. */
typedef struct
{
  const ImField *fields;
  guint n_fields;
} ImPerson;

typedef enum
{
  IM_FOUND_ALL,           /* these, or nobody */
  IM_FOUND_TOO_MANY,
  IM_FOUND_MORE_NEEDED,   /* not enough was said of whom to look for */
  IM_FOUND_UNAVAILABLE,   /* not now */
  IM_FOUND_UNSUPPORTED,   /* the network has no such search */
} ImFoundOutcome;

/**
 * ImEventFound:
 * @outcome: how the search went
 * @people: whom
 * @n_people: how many
 * @more: how many others there are that the server does not name
 */
typedef struct
{
  ImFoundOutcome outcome;
  const ImPerson *people;
  guint n_people;
  guint more;
} ImEventFound;

typedef enum
{
  IM_ACCOUNT_NAME,          /* how our name is written */
  IM_ACCOUNT_PASSWORD,
  IM_ACCOUNT_EMAIL,
  IM_ACCOUNT_CONFIRMATION,
  IM_ACCOUNT_ENTRY,         /* ours in the directory */
} ImAccountMatter;

typedef enum
{
  IM_ACCOUNT_DONE,
  IM_ACCOUNT_ALREADY,       /* the account is confirmed */
  IM_ACCOUNT_OTHER_NAME,    /* only spaces and capitals may change */
  IM_ACCOUNT_BAD_NAME,
  IM_ACCOUNT_WRONG_PASSWORD, /* the old one */
  IM_ACCOUNT_BAD_PASSWORD,  /* the new one: too short, too long, too plain */
  IM_ACCOUNT_BAD_EMAIL,
  IM_ACCOUNT_UNCONFIRMED,   /* the account has to be confirmed first */
  IM_ACCOUNT_PENDING,       /* an earlier change still waits */
  IM_ACCOUNT_TOO_MANY,      /* accounts with this address */
  IM_ACCOUNT_TRY_LATER,
  IM_ACCOUNT_REFUSED,       /* see code */
  IM_ACCOUNT_UNSUPPORTED,   /* the network has no such service */
  IM_ACCOUNT_NOT_ENCRYPTED, /* it would have to be, and could not */
  IM_ACCOUNT_BAD_PHONE,
} ImAccountOutcome;

/**
 * ImEventAccount:
 * @matter: what was to be changed
 * @question: it was only asked for
 * @outcome: what came of it
 * @code: the server's number for it, or 0
 * @text: (nullable): the name or address it is now
 * @url: (nullable): a page about it
 * @password: (nullable): the new password, whether it holds now or not
 */
typedef struct
{
  ImAccountMatter matter;
  gboolean question;
  ImAccountOutcome outcome;
  guint code;
  const char *text;
  const char *url;
  const ImSecret *password;
} ImEventAccount;

/** Who wants to be noticed. */
typedef struct
{
  const char *from;
} ImEventAttention;

/** A mail: who wrote it, its subject, and where to read it; all nullable. */
typedef struct
{
  const char *from;
  const char *subject;
  const char *url;
} ImMail;

/**
 * ImEventMail:
 * @unread: how many mails are unread
 * @news: one of them came just now; else it is what there was at sign-on
 * @from: (nullable): who wrote the new one
 * @subject: (nullable): its subject
 * @url: (nullable): where to read it
 * @asked: the user wants to see them now, or that there are none
 * @mails: (nullable): the mails there is more to tell of; @from, @subject are
 *   unset then, and @url is where to read them all
 * @n_mails: how many of them
 */
typedef struct
{
  guint unread;
  gboolean news;
  const char *from;
  const char *subject;
  const char *url;
  gboolean asked;
  const ImMail *mails;
  guint n_mails;
} ImEventMail;

/** We are @status, with @text (nullable): it was changed at another place, or
 * the server has nothing nearer to what the user chose. */
typedef struct
{
  ImStatus status;
  const ImText *text;
} ImEventOwnStatus;

/**
 * ImEventRecord:
 * @who: what is said to and by whom
 * @kept: whether the server keeps it
 * @news: it was changed just now; else it is as it was at sign-on
 */
typedef struct
{
  const char *who;
  gboolean kept;
  gboolean news;
} ImEventRecord;

/**
 * ImEventBookmark:
 * @name: (nullable): what the room is called; %NULL: all there are were told
 * @title: (nullable): what we call it
 * @nick: (nullable): what we are called there
 * @password: (nullable): of the room
 */
typedef struct
{
  const char *name;
  const char *title;
  const char *nick;
  const char *password;
} ImEventBookmark;

typedef enum
{
  IM_TRANSFER_MOVING,     /* done of size bytes have left */
  IM_TRANSFER_DONE,       /* it is there, and whom it is for was told */
  IM_TRANSFER_FAILED,     /* see reason */
} ImTransferState;

/** Why a file was not sent. */
typedef enum
{
  IM_UNSENT_NONE,
  IM_UNSENT_NO_SERVICE,   /* the network takes no files */
  IM_UNSENT_TOO_LARGE,    /* see limit */
  IM_UNSENT_QUOTA,        /* too much was sent of late */
  IM_UNSENT_NOT_ALLOWED,
  IM_UNSENT_UNREADABLE,   /* the file changed, or is gone */
  IM_UNSENT_UNSAFE,       /* it would have to go in the clear */
  IM_UNSENT_NETWORK,      /* where files go cannot be reached */
  IM_UNSENT_DISCONNECTED, /* we are not signed on */
  IM_UNSENT_SERVER,       /* it could not; see code */
} ImUnsent;

/**
 * ImEventTransfer:
 * @id: what the command called it
 * @state: how it is
 * @done: bytes that have left
 * @size: of all there are
 * @url: (nullable): DONE: where it is
 * @reason: FAILED: why
 * @limit: TOO_LARGE: bytes that would be taken, or 0 if nobody says
 * @code: SERVER: its number for it, or 0
 */
typedef struct
{
  guint id;
  ImTransferState state;
  guint64 done;
  guint64 size;
  const char *url;
  ImUnsent reason;
  guint64 limit;
  guint code;
} ImEventTransfer;

typedef struct
{
  ImEventType type;
  union
  {
    ImEventProgress progress;
    ImFailure closed;
    ImEventSelf self;
    ImEventMessage message;
    ImEventTyping typing;
    ImEventDelivery delivery;
    ImEventPresence presence;
    ImEventProfile profile;
    ImEventGroup group;       /* GROUP and GROUP_GONE */
    ImEventBuddy buddy;       /* BUDDY and BUDDY_GONE */
    ImEventListError list_error;
    ImEventPrivacy privacy;
    ImEventAuth auth;         /* AUTH_REQUEST, AUTH_REPLY and ADDED */
    ImEventNotice notice;
    ImEventCache cache;
    ImEventPrompt prompt;
    ImEventChat chat;         /* CHAT_JOINED, CHAT_LEFT and CHAT_FAILED */
    ImEventChatMembers chat_members;
    ImEventChatMessage chat_message;
    ImEventChatTopic chat_topic;
    ImEventChatInvite chat_invite;
    ImEventChatRefused chat_refused;
    ImEventIcon icon;
    ImEventMood mood;
    ImEventFound found;
    ImEventAccount account;
    ImEventAttention attention;
    ImEventMail mail;
    ImEventOwnStatus own_status;
    ImEventRecord record;
    ImEventTransfer transfer;
    ImEventBookmark bookmark;
  };
} ImEvent;
