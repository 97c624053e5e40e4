package dev.kindling.plan;

import dev.kindling.api.function.DoubleFunction;
import dev.kindling.api.function.FlatMapFunction;
import dev.kindling.api.function.Function;
import java.io.Serializable;

/** A user's function over single rows, by what it does to the number of rows. */
public sealed interface RowFunction extends Serializable {
    /** One row in, one out. */
    record Map(Function<Object, Object> function) implements RowFunction {}

    /** One row in, one or none out, itself unchanged. */
    record Filter(Function<Object, Boolean> function) implements RowFunction {}

    /** One row in, any number out. */
    record FlatMap(FlatMapFunction<Object, Object> function) implements RowFunction {}

    /** (k, v) in, (k, f(v)) out: the key object is kept as it is. */
    record MapValues(Function<Object, Object> function) implements RowFunction {}

    /** (k, v) in, (k, each of f(v)) out: the key object is kept as it is. */
    record FlatMapValues(FlatMapFunction<Object, Object> function) implements RowFunction {}

    /** One row in, one double out, boxed only where the next step wants an object. */
    record MapToDouble(DoubleFunction<Object> function) implements RowFunction {}
}
