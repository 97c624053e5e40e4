package dev.kindling.serde;

import java.io.Externalizable;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Modifier;
import java.util.Arrays;

/** What decides how objects of a class can be written. */
final class ClassTraits {
    private ClassTraits() {}

    static boolean isOfJdk(Class<?> type) {
        Module module = type.getModule();
        if (!module.isNamed()) {
            return false;
        }
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader == ClassLoader.getPlatformClassLoader();
    }

    static boolean hasPublicEmptyConstructor(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && !Modifier.isAbstract(type.getModifiers())
                && Arrays.stream(type.getConstructors()).anyMatch(c -> c.getParameterCount() == 0);
    }

    /** Whether a class of the JDK that {@code type} extends keeps state, which reflection cannot reach. */
    static boolean extendsJdkState(Class<?> type) {
        for (Class<?> ancestor = type; ancestor != null; ancestor = ancestor.getSuperclass()) {
            if (isOfJdk(ancestor) && hasInstanceFields(ancestor)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasInstanceFields(Class<?> type) {
        return Arrays.stream(type.getDeclaredFields()).anyMatch(field -> !Modifier.isStatic(field.getModifiers()));
    }

    /** Whether a collection of a user's class is all there when its elements are put into an empty one. */
    static boolean isFilledFromEmpty(Class<?> type) {
        for (Class<?> ancestor = type; !isOfJdk(ancestor); ancestor = ancestor.getSuperclass()) {
            if (hasInstanceFields(ancestor)) {
                return false;
            }
        }
        return !writesItself(type)
                && Arrays.stream(type.getDeclaredConstructors()).anyMatch(c -> c.getParameterCount() == 0);
    }

    /** Whether a user's class says how Java serialization writes it: then only that knows what its state is. */
    static boolean writesItself(Class<?> type) {
        if (!Serializable.class.isAssignableFrom(type)) {
            return false;
        }
        if (Externalizable.class.isAssignableFrom(type)) {
            return true;
        }
        for (Class<?> ancestor = type; ancestor != null && !isOfJdk(ancestor); ancestor = ancestor.getSuperclass()) {
            if (declares(ancestor, "writeObject", ObjectOutputStream.class)
                    || declares(ancestor, "readObject", ObjectInputStream.class)
                    || declares(ancestor, "writeReplace")
                    || declares(ancestor, "readResolve")) {
                return true;
            }
        }
        return false;
    }

    private static boolean declares(Class<?> type, String method, Class<?>... parameters) {
        try {
            type.getDeclaredMethod(method, parameters);
            return true;
        } catch (NoSuchMethodException e) {
            return false;
        }
    }
}
