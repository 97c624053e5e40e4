package dev.kindling.serde;

import dev.kindling.api.RDD;
import java.io.Externalizable;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The objects a function would drag along, with the names by which they are reached: captured values of a lambda (what
 * its {@code SerializedLambda} holds), fields of classes, elements of arrays and collections. Breadth first, so the
 * shortest way to a culprit is found. Objects of the JDK are looked into by their public content only.
 */
final class CaptureWalk {
    /** A captured collection of many millions is not walked to its end for a message. */
    private static final int MAX_OBJECTS = 200_000;

    private static final int MAX_ELEMENTS = 1_000;

    private CaptureWalk() {}

    /** One step: {@code name} is that of a variable, a field, or an element such as {@code [3]}. */
    record Edge(String name, Object value) {
        boolean isNamed() {
            return value != null;
        }
    }

    /** What cannot travel, and how it is reached. */
    record Culprit(List<String> path, Object value) {}

    private record Visit(Visit from, String name, Object value) {}

    static Optional<Culprit> findCulprit(Object function) {
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Visit> next = new ArrayDeque<>();
        next.add(new Visit(null, "", function));
        while (!next.isEmpty() && seen.size() < MAX_OBJECTS) {
            Visit visit = next.removeFirst();
            Object value = visit.value();
            if (value == null || !seen.add(value)) {
                continue;
            }
            // A set is serializable by its type only.
            if (!(value instanceof Serializable) || value instanceof RDD) {
                return Optional.of(new Culprit(pathTo(visit), value));
            }
            for (Edge edge : edgesOf(value)) {
                next.addLast(new Visit(visit, edge.name(), edge.value()));
            }
        }
        return Optional.empty();
    }

    private static List<String> pathTo(Visit end) {
        List<String> path = new ArrayList<>();
        for (Visit visit = end; visit.from() != null; visit = visit.from()) {
            path.add(0, visit.name());
        }
        return path;
    }

    /** What {@code value} would take along, as far as that can be seen. */
    static List<Edge> edgesOf(Object value) {
        Optional<SerializedLambda> lambda = lambdaForm(value);
        if (lambda.isPresent()) {
            return capturedBy(lambda.get());
        }
        Class<?> type = value.getClass();
        if (value instanceof Object[] array) {
            return elements(List.of(array.length > 0 ? array : new Object[0]));
        }
        if (type.isArray() || type.isEnum() || value instanceof Class || value instanceof Externalizable) {
            return List.of();
        }
        if (isOfTheJdk(type)) {
            return contentOf(value);
        }
        return fieldsOf(value);
    }

    private static List<Edge> capturedBy(SerializedLambda lambda) {
        List<Edge> edges = new ArrayList<>();
        String[] types = parameterTypes(lambda.getImplMethodSignature());
        boolean capturesThis = ClosureCheck.capturesThis(lambda);
        for (int i = 0; i < lambda.getCapturedArgCount(); i++) {
            Object captured = lambda.getCapturedArg(i);
            String name;
            if (i == 0 && capturesThis) {
                name = isMethodReference(lambda)
                        ? "its receiver (" + typeName(captured) + ")"
                        : "this (" + typeName(captured) + ")";
            } else {
                int parameter = capturesThis ? i - 1 : i;
                name = LocalNames.ofParameter(lambda, parameter)
                        .orElseGet(() ->
                                "a local variable of type " + (parameter < types.length ? types[parameter] : "?"));
            }
            edges.add(new Edge(name, captured));
        }
        return edges;
    }

    private static List<Edge> contentOf(Object value) {
        if (value instanceof Map<?, ?> map) {
            List<Edge> edges = new ArrayList<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                edges.add(new Edge("[key]", entry.getKey()));
                edges.add(
                        new Edge(entry.getKey() instanceof String key ? "[" + key + "]" : "[value]", entry.getValue()));
                if (edges.size() >= MAX_ELEMENTS) {
                    break;
                }
            }
            return edges;
        }
        if (value instanceof Iterable<?> iterable && !(value instanceof Path)) {
            return elements(iterable);
        }
        if (value instanceof AtomicReference<?> reference) {
            return List.of(new Edge("value", reference.get()));
        }
        return List.of();
    }

    private static List<Edge> elements(Iterable<?> all) {
        List<Edge> edges = new ArrayList<>();
        for (Object element : all) {
            edges.add(new Edge("[" + edges.size() + "]", element));
            if (edges.size() >= MAX_ELEMENTS) {
                break;
            }
        }
        return edges;
    }

    private static List<Edge> fieldsOf(Object value) {
        List<Edge> edges = new ArrayList<>();
        for (Class<?> type = value.getClass(); type != null && !isOfTheJdk(type); type = type.getSuperclass()) {
            // A superclass that is not serializable takes no part: its constructor makes its fields anew.
            if (!Serializable.class.isAssignableFrom(type)) {
                break;
            }
            for (Field field : type.getDeclaredFields()) {
                int modifiers = field.getModifiers();
                if (Modifier.isStatic(modifiers)
                        || Modifier.isTransient(modifiers)
                        || field.getType().isPrimitive()) {
                    continue;
                }
                try {
                    field.setAccessible(true);
                    edges.add(new Edge(fieldName(field), field.get(value)));
                } catch (InaccessibleObjectException | IllegalAccessException e) {
                    // A module that keeps its fields to itself: the serialization's own message has to do.
                    continue;
                }
            }
        }
        return edges;
    }

    private static String fieldName(Field field) {
        return field.isSynthetic() && field.getName().startsWith("this$")
                ? "this (" + field.getType().getSimpleName() + ")"
                : field.getName();
    }

    /** What a serializable lambda or method reference is written as; empty for everything else. */
    static Optional<SerializedLambda> lambdaForm(Object value) {
        if (!value.getClass().isSynthetic() || !(value instanceof Serializable)) {
            return Optional.empty();
        }
        try {
            Method writeReplace = value.getClass().getDeclaredMethod("writeReplace");
            writeReplace.setAccessible(true);
            return writeReplace.invoke(value) instanceof SerializedLambda lambda
                    ? Optional.of(lambda)
                    : Optional.empty();
        } catch (NoSuchMethodException
                | IllegalAccessException
                | InvocationTargetException
                | InaccessibleObjectException e) {
            return Optional.empty();
        }
    }

    static boolean isMethodReference(SerializedLambda lambda) {
        return !lambda.getImplMethodName().startsWith("lambda$");
    }

    /** For people: {@code Foo}, {@code java.sql.Connection} for what is not the user's, the interface of a lambda. */
    static String typeName(Object value) {
        Class<?> type = value.getClass();
        if ((type.isSynthetic() || type.isHidden()) && type.getInterfaces().length > 0) {
            return "lambda of type " + type.getInterfaces()[0].getName();
        }
        if (type.isAnonymousClass()) {
            Class<?> parent = type.getInterfaces().length > 0 ? type.getInterfaces()[0] : type.getSuperclass();
            return "anonymous " + parent.getSimpleName();
        }
        return isOfTheJdk(type) || type.isArray() ? type.getTypeName() : type.getSimpleName();
    }

    private static boolean isOfTheJdk(Class<?> type) {
        return type.getClassLoader() == null || type.getClassLoader() == ClassLoader.getPlatformClassLoader();
    }

    /** Simple type names of a descriptor such as {@code (Lorg/example/Foo;I)V}. */
    private static String[] parameterTypes(String descriptor) {
        List<String> names = new ArrayList<>();
        int at = 1;
        while (descriptor.charAt(at) != ')') {
            int start = at;
            while (descriptor.charAt(at) == '[') {
                at++;
            }
            int dimensions = at - start;
            String name;
            if (descriptor.charAt(at) == 'L') {
                int end = descriptor.indexOf(';', at);
                String full = descriptor.substring(at + 1, end);
                name = full.substring(Math.max(full.lastIndexOf('/'), full.lastIndexOf('$')) + 1);
                at = end + 1;
            } else {
                name = String.valueOf(descriptor.charAt(at));
                at++;
            }
            names.add(name + "[]".repeat(dimensions));
        }
        return names.toArray(String[]::new);
    }
}
