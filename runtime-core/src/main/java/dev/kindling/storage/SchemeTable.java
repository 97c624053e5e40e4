package dev.kindling.storage;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** The services of one kind by the URI schemes they serve; loaded once, at the first question. */
final class SchemeTable<S> {
    private final Class<S> service;
    private final Function<S, List<String>> schemesOf;
    private final String complaint;
    private SortedMap<String, S> byScheme;

    SchemeTable(Class<S> service, Function<S, List<String>> schemesOf, String complaint) {
        this.service = service;
        this.schemesOf = schemesOf;
        this.complaint = complaint;
    }

    S forPath(String path) {
        String scheme = schemeOf(path);
        S found = table().get(scheme);
        if (found == null) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    complaint + " scheme '" + scheme + "' of " + path + ": this class path serves "
                            + String.join(", ", schemes()) + "; " + advice(scheme));
        }
        return found;
    }

    List<String> schemes() {
        return List.copyOf(table().keySet());
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
            case "s3", "s3a", "s3n" -> "add a store for S3 and software.amazon.awssdk:s3 to the class path";
            default -> "add a jar with a " + ObjectStore.class.getName() + " service for it, or write file:/path";
        };
    }

    private synchronized SortedMap<String, S> table() {
        if (byScheme == null) {
            SortedMap<String, S> loaded = new TreeMap<>();
            for (S found : ServiceLoader.load(service, SchemeTable.class.getClassLoader())) {
                for (String scheme : schemesOf.apply(found)) {
                    loaded.putIfAbsent(scheme, found);
                }
            }
            byScheme = loaded;
        }
        return byScheme;
    }
}
