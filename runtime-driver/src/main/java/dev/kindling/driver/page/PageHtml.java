package dev.kindling.driver.page;

import dev.kindling.util.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page as one file that asks nobody for anything: the model as JSON, and the style and the script that draw it. Its
 * security policy names both by their hashes and allows nothing else, so whatever a name in the model says is shown
 * and never run.
 */
public final class PageHtml {
    /** What a page of a run that goes on may ask: the server it came from. */
    private static final String LIVE_SOURCES = "; connect-src 'self'";

    private static final String SCRIPT = resource("page.js");
    private static final String STYLE = resource("page.css");
    private static final String FRAME = resource("page.html");

    /** Where something is put into the frame. */
    private static final Pattern PLACE = Pattern.compile("@([a-z]+)@");

    private PageHtml() {}

    /** The page of a run that is over, or of what is known of it now. */
    public static String of(PageModel model) {
        return page(model.title() + " - Kindling", policy(), json(model));
    }

    /** A page without a model, which its script asks for at the server it comes from. */
    public static String live(String title) {
        return page(title + " - Kindling", livePolicy(), "{\"live\":true}");
    }

    /** What a server says of a live page in its header. */
    public static String livePolicy() {
        return policy() + LIVE_SOURCES;
    }

    private static String policy() {
        return "default-src 'none'; script-src '" + hash(SCRIPT) + "'; style-src '" + hash(STYLE)
                + "'; img-src data:; base-uri 'none'; form-action 'none'";
    }

    /** The model, without a character that could end the element it is in. */
    public static String json(PageModel model) {
        return Json.write(plain(model)).replace("<", "\\u003c");
    }

    private static String page(String title, String policy, String json) {
        Map<String, String> parts =
                Map.of("policy", policy, "style", STYLE, "script", SCRIPT, "title", escaped(title), "model", json);
        // In one pass: what takes a place is not looked through for more of them.
        return PLACE.matcher(FRAME).replaceAll(place -> Matcher.quoteReplacement(parts.get(place.group(1))));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = PageHtml.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name + " of the page from the jar", e);
        }
    }

    /** Records as maps by the names of their components; what is absent is left out. */
    private static Object plain(Object value) {
        if (value instanceof Record record) {
            Map<String, Object> map = new LinkedHashMap<>();
            for (RecordComponent component : record.getClass().getRecordComponents()) {
                Object item = valueOf(component, record);
                if (!(item instanceof Optional<?> optional && optional.isEmpty())) {
                    map.put(component.getName(), plain(item));
                }
            }
            return map;
        } else if (value instanceof List<?> list) {
            return list.stream().map(PageHtml::plain).toList();
        } else if (value instanceof Optional<?> optional) {
            return plain(optional.orElseThrow());
        }
        return value;
    }

    private static Object valueOf(RecordComponent component, Record record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }
}
