package dev.kindling.event;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.TaskContext;
import dev.kindling.protocol.TaskMetrics;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Events of every kind, with another value in every component, so that a mixed-up one is noticed. */
final class EventSamples {
    private int seed;

    List<Event> oneOfEach() {
        List<Event> events = new ArrayList<>();
        for (Class<?> type : Event.class.getPermittedSubclasses()) {
            events.add((Event) recordOf(type));
        }
        return events;
    }

    private Object sample(Type type) {
        seed++;
        if (type == int.class || type == Integer.class) {
            return seed;
        } else if (type == long.class || type == Long.class) {
            return (long) seed << 33;
        } else if (type == boolean.class) {
            return seed % 2 == 0;
        } else if (type == String.class) {
            return "text " + seed + " \"grün\"\n";
        } else if (type == Instant.class) {
            return Instant.ofEpochMilli(seed);
        } else if (type == OptionalInt.class) {
            return seed % 3 == 0 ? OptionalInt.empty() : OptionalInt.of(seed);
        } else if (type == TaskContext.TaskMetrics.class) {
            return recordOf(TaskMetrics.class);
        } else if (type instanceof ParameterizedType generic) {
            return sampleOf(generic);
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isEnum()) {
            return plain.getEnumConstants()[seed % plain.getEnumConstants().length];
        }
        return recordOf(
                plain.isSealed()
                        ? plain.getPermittedSubclasses()[seed % plain.getPermittedSubclasses().length]
                        : plain);
    }

    /** Exceptions are never equal: they have a test of their own. */
    private Object sampleOf(ParameterizedType generic) {
        Type item = generic.getActualTypeArguments()[0];
        if (generic.getRawType() == Map.class) {
            return Map.of("b" + seed, "x", "a", "y" + seed);
        } else if (generic.getRawType() == List.class) {
            return List.of(sample(item), sample(item));
        }
        return seed % 2 == 0 || item == Throwable.class ? Optional.empty() : Optional.of(sample(item));
    }

    private Object recordOf(Class<?> type) {
        List<Class<?>> types = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            types.add(component.getType());
            values.add(sample(component.getGenericType()));
        }
        try {
            return type.getDeclaredConstructor(types.toArray(new Class<?>[0])).newInstance(values.toArray());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
