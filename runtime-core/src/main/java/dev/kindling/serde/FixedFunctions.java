package dev.kindling.serde;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The functions without anything of their own that an executor has read, so that each is read once. Any thread. */
public final class FixedFunctions {
    /** Places of a program; beyond them all begin anew. */
    private static final int MAX_KNOWN = 1_000;

    private final Map<Integer, Known> known = new ConcurrentHashMap<>();

    private record Known(byte[] bytes, Object function) {}

    /** @param userClasses the same at every call */
    public Object read(FixedFunction written, ClassLoader userClasses) {
        Known before = known.get(written.checksum());
        if (before != null && Arrays.equals(before.bytes(), written.bytes())) {
            return before.function();
        }
        Object function = FixedForm.read(written.bytes(), userClasses);
        if (known.size() >= MAX_KNOWN) {
            known.clear();
        }
        known.put(written.checksum(), new Known(written.bytes(), function));
        return function;
    }
}
