package dev.kindling.storage;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import dev.kindling.storage.Split.FileRange;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All storage that one application reaches, by the schemes of paths, with that application's settings: the driver has
 * one, and each executor process. Connections are made by the first path that needs them and ended with the application.
 * Safe for many threads.
 */
public final class Stores implements AutoCloseable {
    /** For what may be opened anywhere in an application, also outside of tasks: it knows no more than its name. */
    private static final ConcurrentMap<String, Stores> BY_APPLICATION = new ConcurrentHashMap<>();

    private static final Logger LOG = LoggerFactory.getLogger(Stores.class);

    private final Config config;
    private final Map<StorageProvider, Storage> opened = new HashMap<>();
    private SortedMap<String, StorageProvider> providers;
    private boolean isClosed;

    /** Of no application. */
    public Stores(Config config) {
        this.config = config;
    }

    /** For one application; it is closed when that ends. Executors inside the driver's JVM use the driver's. */
    public static Stores open(String applicationId, Config config) {
        Stores stores = new Stores(config);
        BY_APPLICATION.put(applicationId, stores);
        return stores;
    }

    /** What this process opened for the application. */
    static Stores ofApplication(String applicationId) {
        Stores stores = BY_APPLICATION.get(applicationId);
        if (stores == null) {
            throw new KindlingException(
                    ErrorCode.CLOSED,
                    "application " + applicationId + " has ended in this process, so its files cannot be opened here;"
                            + " read them before its context is closed, or by their paths");
        }
        return stores;
    }

    /** Makes the storage of these schemes ready on a thread of its own, so that it is when the first path is used. */
    public void prepare(List<String> schemes) {
        if (schemes.isEmpty()) {
            return;
        }
        Thread thread = new Thread(() -> schemes.forEach(this::prepare), "storage-prepare");
        thread.setDaemon(true);
        thread.start();
    }

    private void prepare(String scheme) {
        try {
            of(scheme + "://", "no store serves").prepare();
        } catch (RuntimeException e) {
            LOG.debug("{} paths could not be prepared: {}", scheme, e.getMessage());
        }
    }

    /** One scheme of each kind of storage that a path has named. */
    public synchronized List<String> schemesInUse() {
        return opened.keySet().stream()
                .map(provider -> provider.schemes().get(0))
                .sorted()
                .toList();
    }

    /** Reads what the path names; a path without scheme is a local file. */
    public ObjectStore reading(String path) {
        return of(path, "no store serves").objects();
    }

    /** Writes to the target; a target without scheme is a local directory. */
    public OutputStore writing(String target) {
        return of(target, "no store writes to").outputs();
    }

    /** The bytes of a range, and of the file behind it. */
    public InputStream open(FileRange range) throws IOException {
        return reading(range.path()).open(range.path(), range.offset(), range.length(), range.version());
    }

    private synchronized Storage of(String path, String complaint) {
        if (isClosed) {
            throw new KindlingException(ErrorCode.CLOSED, "cannot use " + path + ": its application has ended");
        }
        String scheme = schemeOf(path);
        StorageProvider provider = providers().get(scheme);
        if (provider == null) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    complaint + " scheme '" + scheme + "' of " + path + ": this class path serves "
                            + String.join(", ", providers().keySet()) + "; " + advice(scheme));
        }
        return opened.computeIfAbsent(provider, chosen -> chosen.open(config));
    }

    private SortedMap<String, StorageProvider> providers() {
        if (providers == null) {
            SortedMap<String, StorageProvider> found = new TreeMap<>();
            for (StorageProvider provider : ServiceLoader.load(StorageProvider.class, Stores.class.getClassLoader())) {
                provider.schemes().forEach(scheme -> found.putIfAbsent(scheme, provider));
            }
            providers = found;
        }
        return providers;
    }

    /** In lower case; {@code file} for a path without one. A scheme is followed by {@code :/}, so a:b is a file name. */
    static String schemeOf(String path) {
        int colon = path.indexOf(":/");
        if (colon < 2) {
            return "file";
        }
        for (int i = 0; i < colon; i++) {
            char c = path.charAt(i);
            boolean isLetter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (!isLetter && (i == 0 || !(c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'))) {
                return "file";
            }
        }
        return path.substring(0, colon).toLowerCase(Locale.ROOT);
    }

    private static String advice(String scheme) {
        return switch (scheme) {
            case "viewfs", "webhdfs", "swebhdfs" -> "write hdfs://namenode:port/path";
            case "s3n" -> "write s3://bucket/key";
            default -> "add a jar with a " + StorageProvider.class.getName() + " service for it, or write file:/path";
        };
    }

    @Override
    public void close() {
        List<Storage> left;
        synchronized (this) {
            isClosed = true;
            left = List.copyOf(opened.values());
            opened.clear();
        }
        BY_APPLICATION.values().remove(this);
        left.forEach(Storage::close);
    }
}
