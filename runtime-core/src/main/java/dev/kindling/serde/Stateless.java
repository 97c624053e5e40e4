package dev.kindling.serde;

import dev.kindling.api.HashPartitioner;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Tells whether a program has nothing in it that a task could change and another one notice: our own records, texts,
 * numbers, and functions without fields, as lambdas are that capture nothing. Any thread.
 */
public final class Stateless {
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private Stateless() {}

    /** False also for what is not known to be so. */
    public static boolean isAll(Object program) {
        return new Stateless().isStateless(program);
    }

    private boolean isStateless(Object value) {
        if (value == null || value instanceof String || value instanceof Enum || value instanceof HashPartitioner) {
            return true;
        }
        if (value instanceof Number || value instanceof Boolean || value instanceof Character) {
            return value.getClass().getName().startsWith("java.lang.");
        }
        if (!seen.add(value)) {
            return true;
        }
        if (value instanceof List<?> list && list.getClass().getName().startsWith("java.util.ImmutableCollections$")) {
            return list.stream().allMatch(this::isStateless);
        }
        boolean isOurs = value.getClass().getName().startsWith("dev.kindling.");
        return value instanceof Record record && isOurs ? isStateless(record) : hasNoFields(value.getClass());
    }

    private boolean isStateless(Record record) {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                if (!isStateless(component.getAccessor().invoke(record))) {
                    return false;
                }
            } catch (IllegalAccessException | InvocationTargetException e) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasNoFields(Class<?> type) {
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            if (at.isArray()
                    || !Arrays.stream(at.getDeclaredFields()).allMatch(f -> Modifier.isStatic(f.getModifiers()))) {
                return false;
            }
        }
        return true;
    }
}
