package dev.kindling.storage.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.config.Config;
import dev.kindling.storage.Stores;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A class path without the AWS SDK, as most embedding programs have it. */
class SdkLibrariesTest {
    @Test
    void aProfileWhoseModuleIsMissingSaysWhatToAdd() {
        assertEquals(
                " (add software.amazon.awssdk:sso and software.amazon.awssdk:ssooidc, version 2.56.0)",
                SdkLibraries.missingFor(
                        "To use Sso related properties in the 'x' profile, the 'sso' service module must"
                                + " be on the class path."));
        assertEquals(
                " (add software.amazon.awssdk:sts, version 2.56.0)",
                SdkLibraries.missingFor(
                        "To use assumed roles in the 'x' profile, the 'sts' service module must be on the class path."));
        assertEquals("", SdkLibraries.missingFor("Profile file contained no credentials for profile 'x'"));
    }

    @Test
    void withoutTheSdkOtherPathsAreReadAndThoseOfS3NameWhatToAdd() throws Exception {
        List<URL> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!entry.contains("amazon")) {
                entries.add(Path.of(entry).toUri().toURL());
            }
        }
        try (URLClassLoader classes =
                new URLClassLoader(entries.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Class<?> config = classes.loadClass(Config.class.getName());
            Class<?> storesClass = classes.loadClass(Stores.class.getName());
            Object stores = storesClass
                    .getConstructor(config)
                    .newInstance(config.getMethod("defaults").invoke(null));
            Method reading = storesClass.getMethod("reading", String.class);
            Method list = classes.loadClass("dev.kindling.storage.ObjectStore")
                    .getMethod("list", String.class, boolean.class);
            Object local = reading.invoke(stores, "file:/");
            Object s3 = reading.invoke(stores, "s3://bucket/key");

            Throwable missing = assertThrows(
                            InvocationTargetException.class, () -> list.invoke(s3, "s3://bucket/key", false))
                    .getCause();

            assertEquals("LocalObjectStore", local.getClass().getSimpleName());
            assertTrue(missing.getMessage().contains("add software.amazon.awssdk:s3 and"), missing.getMessage());
        }
    }
}
