package dev.kindling.event;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.api.TaskContext;
import dev.kindling.protocol.TaskMetrics;
import dev.kindling.util.Json;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Events as JSON objects and back, by their record components: a new event or component needs no line here. What an
 * older version did not write is read as zero, false or empty, so that its logs stay readable.
 *
 * <p>An instant is its milliseconds since 1970; what is absent is left out; a record of a sealed family names itself in
 * {@code "kind"}; an exception is its class, message and, for our own, code and exit reason: it comes back without stack
 * and cause.
 */
final class EventJson {
    private static final String EVENT = "event";
    private static final String KIND = "kind";

    /** The JVM makes them anew each time it is asked. */
    private static final ClassValue<RecordComponent[]> COMPONENTS = new ClassValue<>() {
        @Override
        protected RecordComponent[] computeValue(Class<?> type) {
            return type.getRecordComponents();
        }
    };

    private EventJson() {}

    /** One line, without its end: {@code {"event":"JobEnd","time":17,"jobId":0}}. */
    static String write(Event event) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(EVENT, event.getClass().getSimpleName());
        putComponents((Record) event, json);
        return Json.write(json);
    }

    /**
     * Empty for an event that this version does not know.
     *
     * @throws IllegalArgumentException when the line is not an event
     */
    static Optional<Event> read(String line) {
        if (!(Json.parse(line) instanceof Map<?, ?> json) || !(json.get(EVENT) instanceof String name)) {
            throw new IllegalArgumentException("it is no JSON object with the name of an " + EVENT);
        }
        return kindOf(Event.class, name).map(type -> (Event) recordOf(type, json));
    }

    private static Optional<Class<?>> kindOf(Class<?> family, String name) {
        return Arrays.stream(family.getPermittedSubclasses())
                .filter(type -> type.getSimpleName().equals(name))
                .findFirst();
    }

    // ---- to JSON --------------------------------------------------------------------------------------------------

    private static void putComponents(Record record, Map<String, Object> json) {
        for (RecordComponent component : COMPONENTS.get(record.getClass())) {
            Object value;
            try {
                value = component.getAccessor().invoke(record);
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException("cannot read " + component, e);
            }
            Object written = valueOf(component.getType(), value);
            if (written != null) {
                json.put(component.getName(), written);
            }
        }
    }

    /** Null for what is absent. */
    private static Object valueOf(Class<?> declared, Object value) {
        if (value instanceof Instant time) {
            return time.toEpochMilli();
        } else if (value instanceof Optional<?> optional) {
            return optional.map(present -> valueOf(Object.class, present)).orElse(null);
        } else if (value instanceof OptionalInt optional) {
            return optional.isPresent() ? (Object) optional.getAsInt() : null;
        } else if (value instanceof Enum<?> constant) {
            return constant.name();
        } else if (value instanceof Throwable thrown) {
            return exceptionToJson(thrown);
        } else if (value instanceof TaskContext.TaskMetrics metrics) {
            return objectOf(TaskMetrics.of(metrics), false);
        } else if (value instanceof Record record) {
            return objectOf(record, declared.isSealed());
        } else if (value instanceof List<?> list) {
            return list.stream().map(item -> valueOf(Object.class, item)).toList();
        }
        return value;
    }

    private static Map<String, Object> objectOf(Record record, boolean withKind) {
        Map<String, Object> json = new LinkedHashMap<>();
        if (withKind) {
            json.put(KIND, record.getClass().getSimpleName());
        }
        putComponents(record, json);
        return json;
    }

    private static Map<String, Object> exceptionToJson(Throwable thrown) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("className", thrown.getClass().getName());
        json.put("message", thrown.getMessage() == null ? "" : thrown.getMessage());
        if (thrown instanceof KindlingException known) {
            json.put("code", known.code().name());
            known.exitReason().ifPresent(why -> json.put("exitReason", objectOf((Record) why, false)));
        }
        return json;
    }

    // ---- from JSON ------------------------------------------------------------------------------------------------

    private static Object recordOf(Class<?> type, Map<?, ?> json) {
        RecordComponent[] components = COMPONENTS.get(type);
        Class<?>[] types = new Class<?>[components.length];
        Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            arguments[i] = argumentOf(components[i].getGenericType(), json.get(components[i].getName()));
        }
        try {
            return type.getDeclaredConstructor(types).newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("it is no " + type.getSimpleName(), e);
        }
    }

    private static Object argumentOf(Type type, Object json) {
        if (type == long.class || type == Long.class) {
            return json == null ? 0L : (Object) longOf(json);
        } else if (type == int.class || type == Integer.class) {
            return json == null ? 0 : (Object) Math.toIntExact(longOf(json));
        } else if (type == boolean.class) {
            return Boolean.TRUE.equals(json);
        } else if (type == String.class) {
            return json == null ? "" : json.toString();
        } else if (type == Instant.class) {
            return Instant.ofEpochMilli(json == null ? 0 : longOf(json));
        } else if (type == OptionalInt.class) {
            return json == null ? OptionalInt.empty() : OptionalInt.of(Math.toIntExact(longOf(json)));
        } else if (type == Throwable.class) {
            return exceptionOf(mapOf(json));
        } else if (type == TaskContext.TaskMetrics.class) {
            return recordOf(TaskMetrics.class, mapOf(json));
        } else if (type instanceof ParameterizedType generic) {
            return genericOf(generic, json);
        } else if (type instanceof Class<?> plain) {
            return plain.isEnum()
                    ? constantOf(plain, json)
                    : plain.isSealed() ? memberOf(plain, json) : objectOf(plain, json);
        }
        throw new IllegalStateException("events cannot have a " + type);
    }

    private static Object genericOf(ParameterizedType type, Object json) {
        Type item = type.getActualTypeArguments()[0];
        if (type.getRawType() == Optional.class) {
            return Optional.ofNullable(json).map(present -> argumentOf(item, present));
        } else if (type.getRawType() == List.class) {
            List<Object> items = new ArrayList<>();
            if (json instanceof List<?> list) {
                list.forEach(value -> items.add(argumentOf(item, value)));
            }
            return items;
        } else if (type.getRawType() == Map.class) {
            Map<String, String> map = new LinkedHashMap<>();
            mapOf(json).forEach((key, value) -> map.put(key.toString(), value.toString()));
            return map;
        }
        throw new IllegalStateException("events cannot have a " + type);
    }

    private static Object objectOf(Class<?> type, Object json) {
        if (!type.isRecord()) {
            throw new IllegalStateException("events cannot have a " + type);
        }
        return recordOf(type, mapOf(json));
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

    private static Object memberOf(Class<?> family, Object json) {
        Map<?, ?> map = mapOf(json);
        Class<?> member = kindOf(family, String.valueOf(map.get(KIND)))
                .orElseThrow(() ->
                        new IllegalArgumentException("there is no " + family.getSimpleName() + " " + map.get(KIND)));
        return recordOf(member, map);
    }

    private static Throwable exceptionOf(Map<?, ?> json) {
        String message = String.valueOf(json.get("message"));
        for (ErrorCode code : ErrorCode.values()) {
            if (code.name().equals(json.get("code"))) {
                Optional<ExitReason> why = Optional.ofNullable(json.get("exitReason"))
                        .map(present -> (ExitReason) recordOf(ExitReason.class, mapOf(present)));
                return new KindlingException(code, message, null, why);
            }
        }
        return new KindlingException(ErrorCode.TASK_FAILED, json.get("className") + ": " + message);
    }

    private static Map<?, ?> mapOf(Object json) {
        return json instanceof Map<?, ?> map ? map : Map.of();
    }

    private static long longOf(Object json) {
        if (json instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException("it has " + json + " in the place of a whole number");
    }
}
