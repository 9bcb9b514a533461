#pragma once

/* Every ceiling on what a peer can make grow, with its reason. Each has a
 * test just below, at and just above it. */

/* OSCAR. The length field of a FLAP is sixteen bits wide, so this is what a
 * frame can be at most; nothing is allocated before its bytes have come. */
#define IM_MAX_FLAP_PAYLOAD 65535

/* Frames that came and were not yet taken: a few turns of the main loop's
 * worth, while a session that is busy holds its link. */
#define IM_MAX_FLAP_WAITING (1024 * 1024)

/* The header before a file, which a long name may enlarge: no file system
 * takes names of more than 255 characters, but they may stand in a path. */
#define IM_MAX_OFT_HEADER 2048

/* Servers of the AOL era cut client frames at 8 KiB, so ours stay below. */
#define IM_MAX_FLAP_SENT 8191

/* More TLVs than any real SNAC has by a factor of twenty. */
#define IM_MAX_TLVS 1024

/* Food groups named in one SNAC: three times what any server has. */
#define IM_MAX_FOODGROUPS 64

/* Rate classes of one connection: servers have five. */
#define IM_MAX_RATE_CLASSES 32

/* Longest screen name or UIN accepted from the wire, in bytes: AOL's own
 * limit for names that are e-mail addresses. */
#define IM_MAX_SCREEN_NAME 97

/* The server-stored list: items, and their bytes on the wire. */
#define IM_MAX_FEEDBAG_ITEMS 10000
#define IM_MAX_FEEDBAG_BYTES (4 * 1024 * 1024)

/* Requests in flight on one connection, and how long we wait for each. */
#define IM_MAX_PENDING_REQUESTS 1024
#define IM_PENDING_REQUEST_SECONDS 60

/* Shown text of one message, away text or profile, in bytes of UTF-8: more
 * makes the hosts' text widgets crawl. */
#define IM_MAX_MESSAGE_TEXT (32 * 1024)
#define IM_MAX_PROFILE_TEXT (16 * 1024)

/* Pieces of text one message may consist of: real ones have one or two, and
 * joining them costs by the square. */
#define IM_MAX_TEXT_FRAGMENTS 64

/* Style changes in one message. Widgets pay for every one of them. */
#define IM_MAX_TEXT_RUNS 1024

/* Styles nested deeper than this are ignored, their text is kept. */
#define IM_MAX_MARKUP_DEPTH 64

/* A link that leads somewhere, in bytes: browsers of the time took half of
 * it. Longer ones are shown as plain words. */
#define IM_MAX_LINK 4096

/* The name of a font, in bytes: real ones have half of it. */
#define IM_MAX_FONT_NAME 64

/* Messages waiting for the server's rate limit to allow them. */
#define IM_MAX_QUEUED_MESSAGES 1000

/* Seconds: connecting, handshaking, one step of a sign-on, all of it. */
#define IM_CONNECT_SECONDS 20
#define IM_TLS_SECONDS 20
#define IM_STEP_SECONDS 30
#define IM_SIGNON_SECONDS 120

/* Seconds of silence after which a link is probed. */
#define IM_KEEPALIVE_SECONDS 60

/* How long a link acknowledges every packet at once, where that is asked for:
 * a sign-on, with time to spare. */
#define IM_PROMPT_ACK_SECONDS 30

/* HTTP: seconds for all of one request, and the answers of sign-in
 * services. */
#define IM_HTTP_SECONDS 60
#define IM_MAX_HTTP_BODY (8 * 1024 * 1024)

/* A buddy icon, in bytes and in pixels along a side: AIM and ICQ took a tenth
 * of either, and hosts unfold the whole of it. What servers take of ours. */
#define IM_MAX_ICON 65535
#define IM_MAX_ICON_PIXELS 1024
#define IM_MAX_OWN_ICON 7168

/* People one search may find: more than anybody looks through. */
#define IM_MAX_FOUND_PEOPLE 200

/* Connections beside an OSCAR session's own, and seconds for one to come
 * up. */
#define IM_MAX_SERVICES 16
#define IM_SERVICE_SECONDS 60

/* Seconds a server may tell us to stay away by itself: beyond an hour, a
 * person had better decide. */
#define IM_MAX_RETRY_SECONDS 3600

/* MSNP. A command line: one with a picture's descriptor has about 1 KiB. Its
 * parameters: the longest known command has a dozen. */
#define IM_MAX_MSNP_LINE (8 * 1024)
#define IM_MAX_MSNP_PARAMS 64

/* Payloads by what they carry: a message or a note, a piece of the list, the
 * server's configuration. */
#define IM_MAX_MSNP_MESSAGE (64 * 1024)
#define IM_MAX_MSNP_LIST (256 * 1024)
#define IM_MAX_MSNP_CONFIG (1024 * 1024)

/* Commands that came and were not yet taken: the largest payload fits, and as
 * much again. */
#define IM_MAX_MSNP_WAITING (2 * 1024 * 1024)

/* An address as sign-in name, in bytes: servers take 129 characters. */
#define IM_MAX_MSNP_HANDLE 256

/* Headers of one message: the profile, which has most, has thirty. */
#define IM_MAX_MIME_HEADERS 128

/* A message in parts: how many parts, their bytes joined, sets of parts of one
 * conversation, seconds until the missing ones are given up. */
#define IM_MAX_MSNP_CHUNKS 64
#define IM_MAX_MSNP_JOINED (64 * 1024)
#define IM_MAX_MSNP_CHUNK_SETS 8
#define IM_MSNP_CHUNK_SECONDS 60

/* XML of small documents: depth of elements, attributes of one, elements and
 * bytes of all. */
#define IM_MAX_XML_DEPTH 64
#define IM_MAX_XML_ATTRIBUTES 64
#define IM_MAX_XML_ELEMENTS (64 * 1024)
#define IM_MAX_XML_BYTES (8 * 1024 * 1024)

/* Streams of XML: bytes that may come before anything is understood of them,
 * such as a start tag that does not end. */
#define IM_MAX_XML_UNREAD (256 * 1024)

/* People on an XMPP list, and groups each of them may be in. */
#define IM_MAX_BUDDIES 20000
#define IM_MAX_BUDDY_GROUPS 32

/* Places one person may be signed on at; a peer chooses their names. */
#define IM_MAX_PLACES 32

/* Bytes of text in one message: servers end streams over larger stanzas. */
#define IM_MAX_XMPP_BODY (48 * 1024)

/* Features of an XMPP entity that are looked at. */
#define IM_MAX_FEATURES 512

/* Kinds of XMPP clients whose abilities are remembered: more than anybody's
 * friends use. */
#define IM_MAX_CAPS 512

/* The archive of an XMPP account: messages of one page, pages read at one
 * sign-on (more was missed than anybody reads), and messages that are kept in
 * mind so that none is shown twice. */
#define IM_ARCHIVE_PAGE 50
#define IM_MAX_ARCHIVE_PAGES 40
#define IM_MAX_ARCHIVE_SEEN 4096

/* A status all places share: texts used before, and lists of them; those that
 * are read all go back with every change. */
#define IM_MAX_STATUS_TEXTS 20
#define IM_MAX_STATUS_LISTS 8

/* New mails told of one by one, and the number of unread ones that is believed:
 * hosts keep a row for each. */
#define IM_MAX_MAILS_SHOWN 50
#define IM_MAX_MAILS_COUNTED 100000

/* A picture in a vCard or a profile: its base64 must fit into a stanza servers
 * take. */
#define IM_MAX_XMPP_ICON (150 * 1024)
#define IM_MAX_OWN_XMPP_ICON (64 * 1024)

/* Files sent at a time; a header of such an upload in bytes, which may carry a
 * token; and its answer, which is words if anything. */
#define IM_MAX_UPLOADS 16
#define IM_MAX_UPLOAD_HEADER (8 * 1024)
#define IM_MAX_UPLOAD_ANSWER (64 * 1024)

/* Seconds after which an IQ is not waited for any more, and how many are waited
 * for: renaming a group asks one for each of its people. */
#define IM_IQ_SECONDS 60
#define IM_MAX_QUESTIONS 24576

/* Sign-in mechanisms of an XMPP server that are looked at; they have some. */
#define IM_MAX_SASL_MECHANISMS 64

/* Bytes of an answer in a sign-in over HTTPS. */
#define IM_MAX_SIGNIN_ANSWER (64 * 1024)

/* Seconds an XMPP session is tried to be resumed before the user is told that
 * it is lost, and stanzas that may wait for that. */
#define IM_RESUME_SECONDS 60
#define IM_MAX_UNACKED 4096

/* Stanzas, not of messages alone, that a server which counts them may leave
 * unacknowledged: more than a group's people, whose names may all change. */
#define IM_MAX_UNACKED_STANZAS 32768

/* Identifiers of stanzas that are remembered, in bytes: peers choose them. */
#define IM_MAX_STANZA_ID 512

/* What somebody says about their status, in bytes, and the address of the
 * program they use. */
#define IM_MAX_STATUS_TEXT (16 * 1024)
#define IM_MAX_CAPS_NODE 512

/* Questions for permission that wait for the user, one from each. */
#define IM_MAX_AUTH_REQUESTS 64

/* Rooms of XMPP one is in, and people in one of them: real ones have some
 * thousand. Invitations nobody has answered yet. Messages of one that are
 * remembered, so that none is shown twice. */
#define IM_MAX_ROOMS 256
#define IM_MAX_ROOM_PEOPLE 10000
#define IM_MAX_ROOM_INVITES 16
#define IM_MAX_ROOM_RECENT 64

/* Messages from before we came, seconds for a room to let us in, and minutes
 * of silence after which it is asked whether we still are. */
#define IM_ROOM_HISTORY 20
#define IM_ROOM_SECONDS 30
#define IM_ROOM_SILENCE_MINUTES 15

/* Other services of an XMPP server that are asked what they are, people one
 * blocks, rooms that are entered by themselves. */
#define IM_MAX_SERVICES_ASKED 20
#define IM_MAX_BLOCKED 10000
#define IM_MAX_BOOKMARKS 64

/* Memory one stanza of XMPP may take as a tree: servers take stanzas of some
 * hundred KiB, and pictures and rosters come in one. */
#define IM_MAX_STANZA (16 * 1024 * 1024)

/* Tickets of one answer of a sign-in service: we ask for eight at most. */
#define IM_MAX_PASSPORT_TOKENS 32

/* A ticket: real ones have less than 2 KiB. */
#define IM_MAX_PASSPORT_TICKET (6 * 1024)

/* Redirects of one sign-in, of any kind. */
#define IM_MAX_SIGNON_REDIRECTS 5

/* Places one account is signed on at: people have two or three. */
#define IM_MAX_MSNP_ENDPOINTS 32

/* The list of MSN: servers take 1,000 contacts and 30 groups, but somebody's
 * own server may take more. */
#define IM_MAX_MSNP_CONTACTS 20000
#define IM_MAX_MSNP_GROUPS 1000

/* What opens a switchboard or names a conversation, in bytes: GUIDs are the
 * longest that occur. A challenge: 28 digits are. */
#define IM_MAX_MSNP_COOKIE 256
#define IM_MAX_MSNP_CHALLENGE 256

/* A word of the web services: an id, a host, the name of a fault. */
#define IM_MAX_MSNP_WORD 256

/* The answers that are lists: bytes, of which a contact takes 2,600 and a
 * membership 700; memory of one entry while it is read; memberships, which
 * everybody has up to three of. */
#define IM_MAX_MSNP_BOOK (64 * 1024 * 1024)
#define IM_MAX_MSNP_BOOK_ENTRY (1024 * 1024)
#define IM_MAX_MSNP_MEMBERSHIPS (4 * IM_MAX_MSNP_CONTACTS)

/* Conversations open at once, and people in one of them: a call costs a
 * connection, and servers take 20 people or so. */
#define IM_MAX_MSNP_SWITCHBOARDS 64
#define IM_MAX_MSNP_PARTICIPANTS 256

/* Messages that were left while somebody was away. */
#define IM_MAX_MSNP_OIMS 1000

/* The web gateway of MSN: a command line and a header, which are short;
 * a payload, of which the largest are histories; headers in one block; bytes
 * of commands in one request, which servers take some more of. */
#define IM_MAX_MSNWEB_LINE 512
#define IM_MAX_MSNWEB_HEADER (16 * 1024)
#define IM_MAX_MSNWEB_PAYLOAD (1024 * 1024)
#define IM_MAX_MSNWEB_HEADERS 64
#define IM_MAX_MSNWEB_POST 32000
