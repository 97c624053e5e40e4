package dev.kindling.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The public types have what {@code public-api.txt} lists, word for word. */
class PublicApiTest {
    @Test
    void nothingOfThePublicApiIsMissing() throws Exception {
        List<String> missing = new ArrayList<>();
        Set<String> present = new HashSet<>();
        String type = "";
        for (String line : list()) {
            if (line.startsWith("type ")) {
                String[] parts = line.substring("type ".length()).split(" : ");
                type = parts[0];
                Class<?> found = find(type);
                present = membersOf(found);
                Set<String> supertypes = supertypesOf(found);
                Stream.of(parts.length == 1 ? new String[0] : parts[1].split(", "))
                        .filter(Predicate.not(supertypes::contains))
                        .forEach(name -> missing.add(line + " is no " + name));
            } else if (!line.startsWith("#") && !present.contains(line.trim())) {
                missing.add(type + ": " + line.trim());
            }
        }

        assertEquals(List.of(), missing);
    }

    @Test
    void theListIsWrittenAsTypesAreRead() {
        Set<String> members = membersOf(RDD.class);

        assertTrue(members.contains("<R> RDD<R> map(Function<? super T,? extends R>)"), members.toString());
        assertTrue(membersOf(Tuple2.class).contains("static <A,B> Tuple2<A,B> of(A,B)"));
        assertTrue(membersOf(KindlingContext.class).contains("<T> RDD<T> of(T...)"));
    }

    private static List<String> list() throws IOException {
        try (InputStream in = PublicApiTest.class.getResourceAsStream("public-api.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private static Class<?> find(String name) throws ClassNotFoundException {
        String binary = name.replace('.', '$');
        try {
            return Class.forName("dev.kindling.api." + binary);
        } catch (ClassNotFoundException e) {
            return Class.forName("dev.kindling.api.function." + binary);
        }
    }

    private static Set<String> supertypesOf(Class<?> type) {
        Set<String> names = new HashSet<>();
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            names.add(at.getSimpleName());
            for (Class<?> implemented : at.getInterfaces()) {
                names.addAll(supertypesOf(implemented));
            }
        }
        return names;
    }

    private static Set<String> membersOf(Class<?> type) {
        Set<String> members = new HashSet<>();
        for (Method method : type.getDeclaredMethods()) {
            if (isPublic(method.getModifiers()) && !method.isSynthetic()) {
                String isStatic = Modifier.isStatic(method.getModifiers()) ? "static " : "";
                members.add(isStatic + variablesOf(method) + textOf(method.getGenericReturnType()) + " "
                        + method.getName() + parametersOf(method));
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isPublic(constructor.getModifiers())) {
                members.add(type.getSimpleName() + parametersOf(constructor));
            }
        }
        for (Field field : type.getDeclaredFields()) {
            if (isPublic(field.getModifiers()) && Modifier.isStatic(field.getModifiers())) {
                members.add("constant " + field.getName());
            }
        }
        return members;
    }

    private static boolean isPublic(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static String variablesOf(Method method) {
        TypeVariable<Method>[] variables = method.getTypeParameters();
        return variables.length == 0
                ? ""
                : Arrays.stream(variables)
                        .map(PublicApiTest::declarationOf)
                        .collect(Collectors.joining(",", "<", "> "));
    }

    private static String declarationOf(TypeVariable<?> variable) {
        Type bound = variable.getBounds()[0];
        return variable.getName() + (bound == Object.class ? "" : " extends " + textOf(bound));
    }

    private static String parametersOf(Executable executable) {
        String parameters = Arrays.stream(executable.getGenericParameterTypes())
                .map(PublicApiTest::textOf)
                .collect(Collectors.joining(",", "(", ")"));
        return executable.isVarArgs() ? parameters.replaceAll("\\[]\\)$", "...)") : parameters;
    }

    /** Without packages and outer types. */
    private static String textOf(Type type) {
        return type.getTypeName()
                .replaceAll("([a-z]\\w*\\.)+(?=[A-Z])", "")
                .replaceAll("\\w+\\$(?=[A-Z])", "")
                .replace(", ", ",");
    }
}
