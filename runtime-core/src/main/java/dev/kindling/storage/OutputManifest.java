package dev.kindling.storage;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.storage.OutputStore.Part;
import dev.kindling.util.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** What {@code _SUCCESS} says: the parts of an output, their rows and bytes, as JSON. */
public final class OutputManifest {
    private OutputManifest() {}

    public static String write(List<Part> parts) {
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("format", 1);
        manifest.put("rows", parts.stream().mapToLong(Part::rowCount).sum());
        manifest.put("bytes", parts.stream().mapToLong(Part::byteCount).sum());
        List<Map<String, Object>> entries = new ArrayList<>();
        for (Part part : parts) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", part.finalName());
            entry.put("rows", part.rowCount());
            entry.put("bytes", part.byteCount());
            entries.add(entry);
        }
        manifest.put("parts", entries);
        return Json.write(manifest) + "\n";
    }

    /** What to say when nobody knows whether {@code _SUCCESS} was written: both ends are possible, so nothing is undone. */
    public static KindlingException notKnown(String target, String success, String why, Exception cause) {
        return new KindlingException(
                ErrorCode.COMMIT_FAILED,
                "cannot publish " + target + ": it is not known whether " + success + " was written: " + why
                        + "; nothing was undone. If it is there, the output is complete; if not, delete the directory",
                cause);
    }

    /** Names of the parts in a manifest; none of one that was torn by a crash. */
    public static SortedSet<String> partNames(String text) {
        SortedSet<String> names = new TreeSet<>();
        try {
            if (Json.parse(text) instanceof Map<?, ?> manifest && manifest.get("parts") instanceof List<?> parts) {
                for (Object part : parts) {
                    if (part instanceof Map<?, ?> entry && entry.get("name") instanceof String name) {
                        names.add(name);
                    }
                }
            }
        } catch (IllegalArgumentException e) {
            // Never written to its end, so that no part was published.
        }
        return names;
    }
}
