package dev.kindling.serde;

import dev.kindling.api.Tuple2;
import dev.kindling.api.Tuple3;
import dev.kindling.api.Tuple4;
import dev.kindling.api.spi.CountedGroup;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Which rows nobody can change: numbers, strings, and tuples, records and optionals of nothing else. Of every other
 * row whoever made it may hold on to the object and fill it anew for the next one, as an array that a function reuses:
 * such a row has to be written, folded or copied before another one is asked for. Any thread.
 */
public final class Immutable {
    private static final Set<Class<?>> CLASSES = Set.of(
            Float.class,
            Short.class,
            Byte.class,
            Character.class,
            Boolean.class,
            BigInteger.class,
            BigDecimal.class,
            UUID.class,
            Class.class);

    // Deeper rows are taken for changeable ones.
    private static final int MAX_DEPTH = 8;

    /** What there is to look at in rows of a class. */
    private enum Kind {
        FIXED,
        CHANGEABLE,
        RECORD,
        OPTIONAL
    }

    private Immutable() {}

    /** Whether {@code row} is known to stay as it is, with all that hangs on it. */
    public static boolean isKnown(Object row) {
        return isKnown(row, MAX_DEPTH);
    }

    private static boolean isKnown(Object value, int depth) {
        if (value instanceof Integer
                || value instanceof String
                || value instanceof Long
                || value instanceof Double
                || value == null) {
            return true;
        }
        if (depth == 0) {
            return false;
        }
        if (value instanceof Tuple2<?, ?> pair) {
            return isKnown(pair._1(), depth - 1) && isKnown(pair._2(), depth - 1);
        }
        return isOtherKnown(value, depth - 1);
    }

    private static boolean isOtherKnown(Object value, int depth) {
        if (value instanceof Tuple3<?, ?, ?> t) {
            return isKnown(t._1(), depth) && isKnown(t._2(), depth) && isKnown(t._3(), depth);
        }
        if (value instanceof Tuple4<?, ?, ?, ?> t) {
            return isKnown(t._1(), depth) && isKnown(t._2(), depth) && isKnown(t._3(), depth) && isKnown(t._4(), depth);
        }
        return switch (KINDS.get(value.getClass())) {
            case FIXED -> true;
            case CHANGEABLE -> false;
            case RECORD -> areComponentsKnown((Record) value, depth);
            case OPTIONAL -> isKnown(((Optional<?>) value).orElse(null), depth);
        };
    }

    private static boolean areComponentsKnown(Record row, int depth) {
        RecordShape shape = RecordShape.of(row.getClass()).orElse(null);
        if (shape == null) {
            return false;
        }
        for (int i = 0; i < shape.size(); i++) {
            if (!shape.types[i].isPrimitive() && !isKnown(shape.component(row, i), depth)) {
                return false;
            }
        }
        return true;
    }

    private static final ClassValue<Kind> KINDS = new ClassValue<>() {
        @Override
        protected Kind computeValue(Class<?> type) {
            if (CLASSES.contains(type)
                    || Enum.class.isAssignableFrom(type)
                    // A group is a view of what its operator has decoded.
                    || CountedGroup.class.isAssignableFrom(type)
                    || type.getPackageName().equals("java.time") && ClassTraits.isOfJdk(type)) {
                return Kind.FIXED;
            }
            if (type == Optional.class) {
                return Kind.OPTIONAL;
            }
            return type.isRecord() ? Kind.RECORD : Kind.CHANGEABLE;
        }
    };
}
