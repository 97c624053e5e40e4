package dev.kindling.yarn;

import dev.kindling.config.Config;
import dev.kindling.config.YarnKeys;
import dev.kindling.driver.cli.QuickStart;
import dev.kindling.driver.launch.EngineClassPath;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.yarn.api.records.LocalResource;
import org.apache.hadoop.yarn.api.records.LocalResourceType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ships the runtime and the settings of Hadoop's client to the cluster, once for all applications of this user. */
final class RuntimeFiles {
    private static final Logger LOG = LoggerFactory.getLogger(RuntimeFiles.class);

    /** Where the archive with Java is unpacked. */
    static final String JAVA = "java";

    /** Where containers have it, and what tells them: a directory in the working directory. */
    static final String CONFIGURATION = "conf";

    private final Config config;
    private final Configuration settings;
    private final org.apache.hadoop.fs.Path staging;
    private final String user;

    /** @param staging the user's directory on the cluster's file system */
    RuntimeFiles(Config config, Configuration settings, org.apache.hadoop.fs.Path staging, String user) {
        this.config = config;
        this.settings = settings;
        this.staging = staging;
        this.user = user;
    }

    /** Of what every node fetches once. */
    static ContentStore shared(FileSystem files, org.apache.hadoop.fs.Path staging, String user) throws IOException {
        return ContentStore.open(files, new org.apache.hadoop.fs.Path(staging, "runtime"), user, true);
    }

    /** Of what nobody but the user may read. */
    static ContentStore own(FileSystem files, org.apache.hadoop.fs.Path staging, String user) throws IOException {
        return ContentStore.open(files, new org.apache.hadoop.fs.Path(staging, "own"), user, false);
    }

    /**
     * Sends what is not there yet.
     *
     * @param more jars or directories beside those of an executor
     * @param users files of the user's, by their names in the working directory
     * @param scratch of this machine
     */
    ContainerFiles ship(List<Path> more, Map<String, Path> users, Path scratch) throws IOException {
        long startNanos = System.nanoTime();
        FileSystem files = staging.getFileSystem(settings);
        ContentStore shared = shared(files, staging, user);
        ContentStore own = own(files, staging, user);
        Set<Path> entries = new LinkedHashSet<>();
        entries.add(EngineClassPath.entryOf(ContainerMain.class.getName(), scratch));
        entries.addAll(EngineClassPath.find(scratch));
        entries.addAll(more);
        Map<String, LocalResource> resources = new TreeMap<>();
        List<Path> jars = new ArrayList<>();
        for (Path entry : entries) {
            jars.add(Files.isDirectory(entry) ? packed(entry, scratch, jars.size()) : entry);
        }
        RuntimeArchive runtime = new RuntimeArchive(jars);
        resources.put(
                RuntimeArchive.LIBRARY,
                shared.putMade(
                        runtime.recipe(), RuntimeArchive.NAME, () -> runtime.make(scratch), LocalResourceType.ARCHIVE));
        List<String> classPath = new ArrayList<>(runtime.classPath());
        // Behind the jars: before them, Java would not take their classes from an archive.
        classPath.add(CONFIGURATION);
        resources.put(
                CONFIGURATION + "/core-site.xml", own.put(clientSettings(settings, scratch), LocalResourceType.FILE));
        for (Map.Entry<String, Path> file : users.entrySet()) {
            resources.put(file.getKey(), own.put(file.getValue(), LocalResourceType.FILE));
        }
        for (String archive : config.get(YarnKeys.ARCHIVES)) {
            int name = archive.lastIndexOf('#');
            Path file = Path.of(name < 0 ? archive : archive.substring(0, name));
            String link = name < 0 ? file.getFileName().toString() : archive.substring(name + 1);
            resources.put(link, own.put(file, LocalResourceType.ARCHIVE));
        }
        String java = config.get(YarnKeys.JAVA_ARCHIVE);
        if (java.isEmpty()) {
            classes(runtime, shared, scratch).ifPresent(classes -> resources.put(RuntimeArchive.CLASSES, classes));
        } else {
            resources.put(JAVA, java(java, shared, scratch));
        }
        LOG.info(
                "{} files of the runtime are in {}; {} of them ({} bytes) were sent now, in {} ms",
                resources.size(),
                staging,
                shared.sentFiles() + own.sentFiles(),
                shared.sentBytes() + own.sentBytes(),
                (System.nanoTime() - startNanos) / 1_000_000);
        return new ContainerFiles(resources, classPath);
    }

    /** For nodes with the Java of this machine, as it usually is; another one does without. */
    private static Optional<LocalResource> classes(RuntimeArchive runtime, ContentStore shared, Path scratch)
            throws IOException {
        Optional<LocalResource> there =
                shared.made(runtime.recipeOfClasses(), RuntimeArchive.CLASSES, LocalResourceType.FILE);
        Optional<Path> names = QuickStart.classNames();
        if (there.isPresent() || names.isEmpty()) {
            return there;
        }
        Path made;
        try {
            made = runtime.makeClasses(names.get(), scratch);
        } catch (IOException e) {
            LOG.warn("containers start without an archive of classes: {}", e.getMessage());
            return Optional.empty();
        }
        return Optional.of(
                shared.putMade(runtime.recipeOfClasses(), RuntimeArchive.CLASSES, () -> made, LocalResourceType.FILE));
    }

    private static LocalResource java(String setting, ContentStore shared, Path scratch) throws IOException {
        if (!JavaArchive.isAuto(setting)) {
            return shared.put(Path.of(setting), LocalResourceType.ARCHIVE);
        }
        JavaArchive archive = JavaArchive.of(setting, Path.of(System.getProperty("java.home")));
        return shared.putMade(
                archive.recipe(),
                JavaArchive.NAME,
                () -> {
                    LOG.info("a Java for the nodes is made by jlink, once for all applications");
                    return archive.make(scratch);
                },
                LocalResourceType.ARCHIVE);
    }

    /** All that Hadoop's own defaults do not say, so that containers need no settings of their nodes. */
    private static Path clientSettings(Configuration settings, Path scratch) throws IOException {
        Configuration said = new Configuration(false);
        Map<String, String> sorted = new TreeMap<>();
        for (Map.Entry<String, String> entry : settings) {
            String[] sources = settings.getPropertySources(entry.getKey());
            boolean isDefault =
                    sources == null || Stream.of(sources).allMatch(source -> source.endsWith("-default.xml"));
            if (!isDefault) {
                sorted.put(entry.getKey(), entry.getValue());
            }
        }
        sorted.forEach((name, value) -> said.set(name, value, "kindling"));
        Path file = Files.createDirectories(scratch).resolve("core-site.xml");
        try (OutputStream out = Files.newOutputStream(file)) {
            said.writeXml(out);
        }
        return file;
    }

    /** Classes in a directory, as a program has them that runs from its build: a jar of the same bytes every time. */
    private static Path packed(Path classes, Path scratch, int number) throws IOException {
        Path jar = Files.createDirectories(scratch).resolve("classes-" + number + ".jar");
        try (Stream<Path> found = Files.walk(classes);
                ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (Path file : found.filter(Files::isRegularFile).sorted().toList()) {
                ZipEntry entry =
                        new ZipEntry(classes.relativize(file).toString().replace('\\', '/'));
                entry.setLastModifiedTime(FileTime.fromMillis(0));
                zip.putNextEntry(entry);
                Files.copy(file, zip);
                zip.closeEntry();
            }
        }
        return jar;
    }
}
