package dev.kindling.storage.hdfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.config.Config;
import dev.kindling.storage.Stores;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A class path without Hadoop, as most embedding programs have it. */
class HdfsLibraryTest {
    private static URLClassLoader withoutHadoop() throws MalformedURLException {
        List<URL> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!entry.contains("hadoop")) {
                entries.add(Path.of(entry).toUri().toURL());
            }
        }
        return new URLClassLoader(entries.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    private static Object call(Object target, Method method, Object... arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Test
    void withoutHadoopsClientOtherPathsAreReadAndThoseOfHdfsNameWhatToAdd() throws Throwable {
        try (URLClassLoader classes = withoutHadoop()) {
            Class<?> config = classes.loadClass(Config.class.getName());
            Class<?> storesClass = classes.loadClass(Stores.class.getName());
            Object stores = storesClass
                    .getConstructor(config)
                    .newInstance(config.getMethod("defaults").invoke(null));
            Method reading = storesClass.getMethod("reading", String.class);
            Method list = classes.loadClass("dev.kindling.storage.ObjectStore")
                    .getMethod("list", String.class, boolean.class);
            Object local = call(stores, reading, "file:/");
            Object hdfs = call(stores, reading, "hdfs://nn:8020/x");

            Throwable missing = assertThrows(Throwable.class, () -> call(hdfs, list, "hdfs://nn:8020/x", false));

            assertEquals("LocalObjectStore", local.getClass().getSimpleName());
            assertTrue(
                    missing.getMessage().contains("add org.apache.hadoop:hadoop-client-runtime:3.4.3"),
                    missing.getMessage());
        }
    }
}
