#include "js-value.h"

#include <stdio.h>

napi_value throw_code(napi_env env, const char *code, const char *message) {
  napi_throw_error(env, code, message);
  return NULL;
}

napi_value throw_argument(napi_env env, const char *message) { return throw_code(env, "UDP_BAD_ARGUMENT", message); }

napi_value throw_errno(napi_env env, const char *operation, int number) {
  char text[96];
  napi_value code, message, error, value;
  snprintf(text, sizeof text, "%s failed with errno %d", operation, number);
  if (napi_create_string_utf8(env, "UDP_SYSTEM", NAPI_AUTO_LENGTH, &code) != napi_ok ||
      napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &message) != napi_ok ||
      napi_create_error(env, code, message, &error) != napi_ok || napi_create_int32(env, number, &value) != napi_ok ||
      napi_set_named_property(env, error, "errno", value) != napi_ok ||
      napi_create_string_utf8(env, operation, NAPI_AUTO_LENGTH, &value) != napi_ok ||
      napi_set_named_property(env, error, "syscall", value) != napi_ok) {
    return throw_code(env, "UDP_SYSTEM", text);
  }
  napi_throw(env, error);
  return NULL;
}

bool set_number(napi_env env, napi_value object, const char *name, double number) {
  napi_value value;
  return napi_create_double(env, number, &value) == napi_ok && napi_set_named_property(env, object, name, value) == napi_ok;
}

napi_value first_argument(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument = NULL;
  return napi_get_cb_info(env, info, &count, &argument, NULL, NULL) == napi_ok ? argument : NULL;
}

bool typed_array(napi_env env, napi_value value, napi_typedarray_type expected, void **data, size_t *length) {
  bool is_typed_array;
  napi_typedarray_type type;
  return napi_is_typedarray(env, value, &is_typed_array) == napi_ok && is_typed_array &&
         napi_get_typedarray_info(env, value, &type, length, data, NULL, NULL) == napi_ok && type == expected;
}

bool shared_array(napi_env env, napi_value value, napi_typedarray_type expected, void **data, size_t *length) {
  napi_value buffer;
  napi_typedarray_type type;
  bool can_be_detached;
  return typed_array(env, value, expected, data, length) &&
         napi_get_typedarray_info(env, value, &type, NULL, NULL, &buffer, NULL) == napi_ok &&
         napi_is_arraybuffer(env, buffer, &can_be_detached) == napi_ok && !can_be_detached;
}
