package dev.kindling.plan;

import dev.kindling.api.function.Function;
import dev.kindling.api.function.Function2;
import java.io.Serializable;

/** How values of one key become one value: the three functions of {@code combineByKey}. */
public record Combiner(
        Function<Object, Object> create,
        Function2<Object, Object, Object> mergeValue,
        Function2<Object, Object, Object> mergeCombined)
        implements Serializable {}
