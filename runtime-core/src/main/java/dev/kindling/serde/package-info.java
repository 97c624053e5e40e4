/**
 * Rows to bytes and back. {@link dev.kindling.serde.RowWriter} fills pages that describe themselves,
 * {@link dev.kindling.serde.RowReader} reads them, {@link dev.kindling.serde.ResultCodec} carries one value. The codec
 * of a page is chosen from the classes of its first row; what no codec knows goes to Kryo, what Kryo cannot do goes
 * through Java serialization behind a filter.
 *
 * <p>The only package that knows Kryo. May depend on {@code api} (tuples, the exception) and {@code data}. Start
 * reading at {@link dev.kindling.serde.RowWriter}.
 */
package dev.kindling.serde;
