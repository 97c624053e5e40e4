package dev.kindling.event;

import dev.kindling.util.Json;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Events as JSON objects and back, by their record components: a new event or component needs no line here. What an
 * older version did not write is read as zero, false or empty, so that its logs stay readable.
 */
final class EventJson {
    private static final Map<String, Class<?>> EVENTS = Arrays.stream(AppEvent.class.getPermittedSubclasses())
            .collect(Collectors.toUnmodifiableMap(Class::getSimpleName, type -> type));

    private EventJson() {}

    /** One line, without its end: {@code {"timeMs":17,"event":"JobCompleted","jobId":0}}. */
    static String write(TimedEvent timed) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("timeMs", timed.timeMs());
        json.put("event", timed.event().getClass().getSimpleName());
        json.putAll(componentsOf((Record) timed.event()));
        return Json.write(json);
    }

    /**
     * Empty for an event that this version does not know.
     *
     * @throws IllegalArgumentException when the line is not an event
     */
    static Optional<TimedEvent> read(String line) {
        if (!(Json.parse(line) instanceof Map<?, ?> json)
                || !(json.get("event") instanceof String name)
                || !(json.get("timeMs") instanceof Long timeMs)) {
            throw new IllegalArgumentException("not an event");
        }
        Class<?> type = EVENTS.get(name);
        return type == null ? Optional.empty() : Optional.of(new TimedEvent(timeMs, (AppEvent) recordOf(type, json)));
    }

    private static Map<String, Object> componentsOf(Record record) {
        Map<String, Object> json = new LinkedHashMap<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            try {
                json.put(component.getName(), valueOf(component.getAccessor().invoke(record)));
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException("cannot read " + component, e);
            }
        }
        return json;
    }

    private static Object valueOf(Object value) {
        if (value instanceof Record record) {
            return componentsOf(record);
        }
        if (value instanceof OptionalInt number) {
            return number.isPresent() ? (Object) (long) number.getAsInt() : null;
        }
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        return value instanceof List<?> list
                ? list.stream().map(EventJson::valueOf).toList()
                : value;
    }

    private static Object recordOf(Class<?> type, Map<?, ?> json) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            arguments[i] = argumentOf(components[i].getGenericType(), json.get(components[i].getName()));
        }
        try {
            return type.getDeclaredConstructor(types).newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("not a " + type.getSimpleName(), e);
        }
    }

    private static Object argumentOf(Type type, Object json) {
        if (type == long.class) {
            return json == null ? 0L : (Object) longOf(json);
        } else if (type == int.class) {
            return json == null ? 0 : (Object) Math.toIntExact(longOf(json));
        } else if (type == boolean.class) {
            return Boolean.TRUE.equals(json);
        } else if (type == String.class) {
            return json == null ? "" : json.toString();
        } else if (type == OptionalInt.class) {
            return json == null ? OptionalInt.empty() : OptionalInt.of(Math.toIntExact(longOf(json)));
        } else if (type instanceof Class<?> constants && constants.isEnum()) {
            return constantOf(constants, json);
        } else if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            return listOf(list.getActualTypeArguments()[0], json);
        } else if (type instanceof Class<?> record && record.isRecord()) {
            return recordOf(record, json instanceof Map<?, ?> map ? map : Map.of());
        }
        throw new IllegalStateException("events cannot have a " + type);
    }

    /** The last constant of an enum stands for those that this version does not know. */
    private static Object constantOf(Class<?> type, Object json) {
        Object[] constants = type.getEnumConstants();
        for (Object constant : constants) {
            if (((Enum<?>) constant).name().equals(json)) {
                return constant;
            }
        }
        return constants[constants.length - 1];
    }

    private static long longOf(Object json) {
        if (json instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException("not a whole number: " + json);
    }

    private static List<Object> listOf(Type itemType, Object json) {
        List<Object> items = new ArrayList<>();
        if (json instanceof List<?> list) {
            for (Object item : list) {
                items.add(
                        itemType == Integer.class
                                ? (Object) Math.toIntExact(longOf(item))
                                : argumentOf(itemType, item));
            }
        }
        return items;
    }
}
