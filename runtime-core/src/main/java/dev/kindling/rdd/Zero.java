package dev.kindling.rdd;

import dev.kindling.serde.ClosureCodec;
import java.io.Serializable;

/**
 * The neutral value of a fold. Functions may change it, so every partition and every key starts from a copy of its own:
 * values of immutable JDK types as they are, all others read anew from bytes.
 */
record Zero(Serializable value, byte[] encoded) implements Serializable {
    static Zero of(Object zero) {
        return isImmutable(zero) ? new Zero((Serializable) zero, null) : new Zero(null, ClosureCodec.encode(zero));
    }

    /** @param user an object of the user's, whose class loader knows the value's class too */
    Object fresh(Object user) {
        return encoded == null
                ? value
                : ClosureCodec.decode(encoded, user.getClass().getClassLoader());
    }

    private static boolean isImmutable(Object zero) {
        return zero == null
                || zero instanceof String
                || zero instanceof Boolean
                || zero instanceof Character
                || zero instanceof Enum
                || zero instanceof Number && zero.getClass().getPackageName().equals("java.lang");
    }
}
