package dev.kindling.storage.hdfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.storage.ObjectStores;
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
            Class<?> stores = classes.loadClass(ObjectStores.class.getName());
            Method forPath = stores.getMethod("forPath", String.class);
            Method list = classes.loadClass("dev.kindling.storage.ObjectStore")
                    .getMethod("list", String.class, boolean.class);
            Object local = call(null, forPath, "file:/");
            Object hdfs = call(null, forPath, "hdfs://nn:8020/x");

            Throwable missing = assertThrows(Throwable.class, () -> call(hdfs, list, "hdfs://nn:8020/x", false));

            assertEquals("LocalObjectStore", local.getClass().getSimpleName());
            assertTrue(
                    missing.getMessage().contains("add org.apache.hadoop:hadoop-client-runtime:3.4.3"),
                    missing.getMessage());
        }
    }
}
