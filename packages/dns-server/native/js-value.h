/* Values, arguments and errors of JavaScript. */
#ifndef KUBEZONE_JS_VALUE_H
#define KUBEZONE_JS_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#define NAPI_VERSION 8
#include <node_api.h>

/* Each throws, and returns NULL, which is what a function of JavaScript's is to return then. */
napi_value throw_code(napi_env env, const char *code, const char *message);
napi_value throw_argument(napi_env env, const char *message);
/* The error's `errno` and `syscall` are for the caller to translate: names and texts of errnos differ between C libraries. */
napi_value throw_errno(napi_env env, const char *operation, int number);

bool set_number(napi_env env, napi_value object, const char *name, double number);

/* `undefined` where there is none. */
napi_value first_argument(napi_env env, napi_callback_info info);

/* The memory of a typed array of the expected kind. */
bool typed_array(napi_env env, napi_value value, napi_typedarray_type expected, void **data, size_t *length);

/* The same, where the memory must never move or go while the array lives: that of a SharedArrayBuffer. */
bool shared_array(napi_env env, napi_value value, napi_typedarray_type expected, void **data, size_t *length);

#endif
