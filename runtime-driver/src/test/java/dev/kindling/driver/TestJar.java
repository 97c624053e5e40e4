package dev.kindling.driver;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Jars made by tests: sources in, jar out. */
final class TestJar {
    private TestJar() {}

    /** Compiles against the tests' class path and packs what comes of it. */
    static Path of(Path jar, Map<String, String> sourcesByClass) throws IOException {
        pack(jar, compile(jar.resolveSibling(jar.getFileName() + ".classes"), sourcesByClass));
        return jar;
    }

    /** The same as Spring Boot packs it: classes and, as whole jars, libraries. */
    static Path nested(Path jar, Map<String, String> sourcesByClass, Path... libraries) throws IOException {
        Map<String, byte[]> entries = new TreeMap<>();
        compile(jar.resolveSibling(jar.getFileName() + ".classes"), sourcesByClass)
                .forEach((name, bytes) -> entries.put("BOOT-INF/classes/" + name, bytes));
        entries.put("BOOT-INF/classes/", new byte[0]);
        for (Path library : libraries) {
            entries.put("BOOT-INF/lib/" + library.getFileName(), Files.readAllBytes(library));
        }
        pack(jar, entries);
        return jar;
    }

    private static Map<String, byte[]> compile(Path classes, Map<String, String> sourcesByClass) throws IOException {
        Files.createDirectories(classes);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<JavaFileObject> sources = new ArrayList<>();
        sourcesByClass.forEach((name, source) -> sources.add(new Source(name, source)));
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        List<String> options = List.of("-d", classes.toString(), "-proc:none", "-nowarn", "--release", "17");
        boolean isCompiled = compiler.getTask(
                        new java.io.OutputStreamWriter(messages), null, null, options, null, sources)
                .call();
        if (!isCompiled) {
            throw new IOException("does not compile: " + messages);
        }
        return filesBelow(classes);
    }

    private static Map<String, byte[]> filesBelow(Path directory) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                files.put(directory.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
            }
        }
        return files;
    }

    private static void pack(Path jar, Map<String, byte[]> entries) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (Map.Entry<String, byte[]> file : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(file.getKey());
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(file.getValue().length);
                CRC32 crc = new CRC32();
                crc.update(file.getValue());
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(file.getValue());
                zip.closeEntry();
            }
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String className, String text) {
            super(URI.create("string:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
