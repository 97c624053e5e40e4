package dev.kindling.serde;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.util.List;

/**
 * Classes that the program names as classes of its rows. Nothing needs to be registered to be written; what is named is
 * looked at when the application starts, so that a class which cannot travel is known before the first job.
 */
public final class RegisteredClasses {
    private RegisteredClasses() {}

    /** @throws KindlingException when one is not found or cannot be written, naming it */
    public static void check(List<String> names, ClassLoader userClasses) {
        if (names.isEmpty()) {
            return;
        }
        RowClasses classes = new RowClasses(userClasses);
        RowKryo kryo = new RowKryo(new PageClassResolver(classes), classes);
        for (String name : names) {
            try {
                kryo.getRegistration(Class.forName(name, false, userClasses));
            } catch (ClassNotFoundException e) {
                throw new KindlingException(
                        ErrorCode.BAD_CONFIGURATION,
                        "the registered class " + name + " is not found; is its jar among the application's (--jars)?",
                        e);
            } catch (Unserializable e) {
                throw new KindlingException(
                        ErrorCode.NOT_SERIALIZABLE,
                        "objects of the registered class " + name + " cannot be written: it is neither Serializable"
                                + " nor made of fields that can be",
                        e);
            }
        }
    }
}
