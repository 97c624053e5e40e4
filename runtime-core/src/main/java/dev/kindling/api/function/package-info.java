/**
 * The function types users pass to transformations and actions: serializable, one method named {@code call}, allowed to
 * throw. Depends on nothing but {@code Tuple2}. Start reading at {@link dev.kindling.api.function.Function}.
 */
package dev.kindling.api.function;
