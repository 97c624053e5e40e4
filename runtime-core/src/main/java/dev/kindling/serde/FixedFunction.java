package dev.kindling.serde;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;

/**
 * A function whose bytes are always the same, with these bytes: a lambda that captures nothing, or a constant of one of
 * our enums. It is written once for all the jobs that use it, and {@link FixedFunctions} reads it once: Java
 * serialization takes a hundred times as long as the rest of a small program.
 */
public record FixedFunction(int checksum, byte[] bytes) {
    private static final ClassValue<OfClass> KNOWN = new ClassValue<>() {
        @Override
        protected OfClass computeValue(Class<?> type) {
            return new OfClass(isLambda(type) && type.getDeclaredFields().length == 0);
        }
    };

    /** Of our enums alone: what is held here is never given up. */
    private static final Map<Enum<?>, FixedFunction> CONSTANTS = new ConcurrentHashMap<>();

    /** Kept by its class, and gone with it. */
    private static final class OfClass {
        private final boolean isLambda;
        private volatile Optional<FixedFunction> written = Optional.empty();

        OfClass(boolean isLambda) {
            this.isLambda = isLambda;
        }
    }

    private static FixedFunction of(byte[] bytes) {
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        return new FixedFunction((int) checksum.getValue(), bytes);
    }

    /** The function's bytes; empty when it carries something along, writes itself in a way of its own, or cannot travel. */
    public static Optional<FixedFunction> of(Object function) {
        if (function instanceof Enum<?> constant) {
            return FixedForm.isOurs(constant)
                    ? Optional.of(CONSTANTS.computeIfAbsent(constant, key -> of(FixedForm.of(key))))
                    : Optional.empty();
        }
        OfClass known = KNOWN.get(function.getClass());
        if (known.isLambda && known.written.isEmpty()) {
            known.written = FixedForm.ofLambda(function).map(FixedFunction::of);
        }
        return known.written;
    }

    private static boolean isLambda(Class<?> type) {
        return type.isHidden() && type.isSynthetic();
    }
}
