#pragma once

/* What a server's stream offers to sign in with: the old way (RFC 6120), and
 * the extensible one (XEP-0388) with all that may come along with it. Kept
 * from one sign-on to the next, so that the next need not wait to be told. */

#include <glib.h>

#include "xml-tree.h"

/** What may come along with a sign-in by SASL2. */
typedef enum
{
  GTALK_INLINE_BIND = 1 << 0,     /* urn:xmpp:bind:0 */
  GTALK_INLINE_RESUME = 1 << 1,   /* urn:xmpp:sm:3: going on with a stream */
  GTALK_INLINE_CARBONS = 1 << 2,  /* with the bind: urn:xmpp:carbons:2 */
  GTALK_INLINE_COUNTING = 1 << 3, /* with the bind: urn:xmpp:sm:3 */
  /* XEP-0305: what is written behind a request waits for its turn; without
   * it nothing may follow a sign-in that is under way. */
  GTALK_INLINE_PIPELINING = 1 << 4,
} GtalkInline;

/**
 * GtalkOffer:
 * @mechanisms: of SASL
 * @mechanisms2: of SASL2; empty if there is none
 * @fast: of tokens for the next sign-on (XEP-0484)
 * @bindings: (nullable): channel bindings, where the server says which
 * @inlines: a mask of #GtalkInline
 */
typedef struct
{
  GStrv mechanisms;
  GStrv mechanisms2;
  GStrv fast;
  GStrv bindings;
  guint inlines;
} GtalkOffer;

/** Returns: (transfer full): what a stream:features element offers */
GtalkOffer *gtalk_offer_read (const XmlNode *features);
/** (nullable) (transfer full) */
void gtalk_offer_free (GtalkOffer *offer);

/** Whether two offers, either of them %NULL maybe, are the same. */
gboolean gtalk_offer_equal (const GtalkOffer *a, const GtalkOffer *b);

/** Writes an offer (nullable) into a group of a key file, and reads it back:
 * (transfer full) (nullable). */
void gtalk_offer_save (const GtalkOffer *offer, GKeyFile *file,
                       const char *group);
GtalkOffer *gtalk_offer_load (GKeyFile *file, const char *group);

/** Whether an offer has @name in one of its lists (nullable). */
gboolean gtalk_offer_has (GStrv list, const char *name);
