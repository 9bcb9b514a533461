#include "auth-json.h"

#include <string.h>

#define MAX_NESTING 32

/* The parser calls itself for each object in another. */
static gboolean
nests_too_deep (const char *text, gsize len)
{
  guint count = 0;

  for (gsize i = 0; i < len && count <= MAX_NESTING; i++)
    count += text[i] == '{' || text[i] == '[';
  return count > MAX_NESTING;
}

JsonObject *
auth_json_parse (JsonParser *parser, GBytes *body, gsize max)
{
  gsize len = 0;
  const char *text = body != NULL ? g_bytes_get_data (body, &len) : NULL;
  JsonNode *root;

  if (len == 0 || len > max || memchr (text, '\0', len) != NULL ||
      !g_utf8_validate_len (text, len, NULL) || nests_too_deep (text, len) ||
      !json_parser_load_from_data (parser, text, (gssize)len, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root)
             ? json_node_get_object (root)
             : NULL;
}

const char *
auth_json_text (JsonObject *object, const char *name)
{
  JsonNode *node =
      object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}
