#include "gtalk-offer.h"

#include "gtalk-negotiate-private.h"
#include "im-limits.h"

#define NS_BINDINGS "urn:xmpp:sasl-cb:0"
#define NS_PIPELINING "urn:xmpp:features:pipelining"

/* Which list of an offer is called what in a key file. */
static const struct
{
  const char *key;
  gsize member;
} lists[] = {
  { "mechanisms", G_STRUCT_OFFSET (GtalkOffer, mechanisms) },
  { "sasl2", G_STRUCT_OFFSET (GtalkOffer, mechanisms2) },
  { "fast", G_STRUCT_OFFSET (GtalkOffer, fast) },
  { "bindings", G_STRUCT_OFFSET (GtalkOffer, bindings) },
};

#define LIST(offer, row) G_STRUCT_MEMBER (GStrv, offer, lists[row].member)

static GStrv
read_list (const XmlNode *list, const char *name, const char *attribute)
{
  GPtrArray *words = g_ptr_array_new ();

  for (const XmlNode *node = xml_node_first (list, name);
       xml_node_exists (node) && words->len < IM_MAX_SASL_MECHANISMS;
       node = xml_node_next (node, name))
    {
      const char *word = attribute != NULL
                             ? xml_node_attribute (node, attribute)
                             : xml_node_text (node);

      if (word != NULL)
        g_ptr_array_add (words, g_strdup (word));
    }
  g_ptr_array_add (words, NULL);
  return (GStrv) g_ptr_array_free (words, FALSE);
}

static guint
read_bind (const XmlNode *bind)
{
  g_auto (GStrv) vars =
      read_list (xml_node_child (bind, "inline"), "feature", "var");
  guint found = 0;

  if (!xml_node_exists (bind))
    return 0;
  if (gtalk_offer_has (vars, NS_SM))
    found |= GTALK_INLINE_COUNTING;
  if (gtalk_offer_has (vars, NS_CARBONS))
    found |= GTALK_INLINE_CARBONS;
  return found | GTALK_INLINE_BIND;
}

GtalkOffer *
gtalk_offer_read (const XmlNode *features)
{
  GtalkOffer *offer = g_new0 (GtalkOffer, 1);
  const XmlNode *bindings =
      xml_node_first_ns (features, NS_BINDINGS, "sasl-channel-binding");
  const XmlNode *sasl2 =
      xml_node_first_ns (features, NS_SASL2, "authentication");
  const XmlNode *inlines = xml_node_child (sasl2, "inline");

  offer->mechanisms =
      read_list (xml_node_first_ns (features, NS_SASL, "mechanisms"),
                 "mechanism", NULL);
  offer->mechanisms2 = read_list (sasl2, "mechanism", NULL);
  offer->fast = read_list (xml_node_first_ns (inlines, NS_FAST, "fast"),
                           "mechanism", NULL);
  if (xml_node_exists (bindings))
    offer->bindings = read_list (bindings, "channel-binding", "type");
  offer->inlines =
      read_bind (xml_node_first_ns (inlines, NS_BIND2, "bind"));
  if (xml_node_exists (xml_node_first_ns (inlines, NS_SM, "sm")))
    offer->inlines |= GTALK_INLINE_RESUME;
  if (xml_node_exists (
          xml_node_first_ns (features, NS_PIPELINING, "pipelining")))
    offer->inlines |= GTALK_INLINE_PIPELINING;
  return offer;
}

void
gtalk_offer_free (GtalkOffer *offer)
{
  if (offer == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    g_strfreev (LIST (offer, i));
  g_free (offer);
}

static gboolean
same_list (GStrv a, GStrv b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return g_strv_equal ((const char *const *) a, (const char *const *) b);
}

gboolean
gtalk_offer_equal (const GtalkOffer *a, const GtalkOffer *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    if (!same_list (LIST (a, i), LIST (b, i)))
      return FALSE;
  return a->inlines == b->inlines;
}

void
gtalk_offer_save (const GtalkOffer *offer, GKeyFile *file, const char *group)
{
  if (offer == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      GStrv list = LIST (offer, i);

      if (list != NULL)
        g_key_file_set_string_list (file, group, lists[i].key,
                                    (const char *const *) list,
                                    g_strv_length (list));
    }
  g_key_file_set_integer (file, group, "inline", (int) offer->inlines);
}

GtalkOffer *
gtalk_offer_load (GKeyFile *file, const char *group)
{
  GtalkOffer *offer;

  if (!g_key_file_has_key (file, group, "mechanisms", NULL))
    return NULL;
  offer = g_new0 (GtalkOffer, 1);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    LIST (offer, i) =
        g_key_file_get_string_list (file, group, lists[i].key, NULL, NULL);
  offer->inlines =
      (guint) g_key_file_get_integer (file, group, "inline", NULL);
  return offer;
}

gboolean
gtalk_offer_has (GStrv list, const char *name)
{
  return list != NULL && g_strv_contains ((const char *const *) list, name);
}
