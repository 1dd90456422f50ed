package dev.weir.labs.web;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weir.labs.Host;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * A browser without a screen on one of a lab's hosts, and one page in it, driven by the DevTools protocol over a pipe: so nothing has to be reached by network.
 * Messages are JSON, each ended by an octet 0. One thread.
 */
final class Chromium implements AutoCloseable {
    /** What a person in front of the page would have: pixels, and light or dark. */
    enum Look {
        LIGHT(1360, 900, "light", false),
        DARK(1360, 900, "dark", false),
        NARROW(390, 844, "light", true);
        private final int width, height;
        private final String scheme;
        private final boolean mobile;

        Look(int width, int height, String scheme, boolean mobile) {
            this.width = width;
            this.height = height;
            this.scheme = scheme;
            this.mobile = mobile;
        }

        /** As names of files have it. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final long POLL_MILLIS = 100;

    private final Process process;
    private final OutputStream out;
    private final BufferedInputStream in;
    private final Path trouble;
    private final List<String> errors = new ArrayList<>();
    private String session = "";
    private int number;

    private Chromium(Process process, Path trouble) {
        this.process = process;
        this.trouble = trouble;
        out = process.getOutputStream();
        in = new BufferedInputStream(process.getInputStream());
    }

    /** Starts it. As root it has no sandbox of its own, and needs none: it sees the lab's pages alone. */
    static Chromium start(Host host, Path folder) throws IOException {
        Path trouble = folder.resolve("chromium.err");
        String browser = "exec chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run"
                + " --hide-scrollbars --disable-background-networking --user-data-dir=" + folder.resolve("chromium")
                + " --remote-debugging-pipe about:blank 3<&0 4>&1 1>/dev/null";
        Process process = new ProcessBuilder("ip", "netns", "exec", host.namespace(), "bash", "-c", browser)
                .directory(folder.toFile())
                .redirectError(trouble.toFile())
                .start();
        var chromium = new Chromium(process, trouble);
        try {
            JsonObject target = new JsonObject();
            target.addProperty("url", "about:blank");
            String id =
                    chromium.call("Target.createTarget", target).get("targetId").getAsString();
            JsonObject attach = new JsonObject();
            attach.addProperty("targetId", id);
            attach.addProperty("flatten", true);
            chromium.session = chromium.call("Target.attachToTarget", attach)
                    .get("sessionId")
                    .getAsString();
            chromium.call("Page.enable", new JsonObject());
            chromium.call("Runtime.enable", new JsonObject());
            chromium.call("Log.enable", new JsonObject());
            return chromium;
        } catch (IOException | RuntimeException e) {
            chromium.close();
            throw e;
        }
    }

    /** Goes to a page. */
    void open(String url) throws IOException {
        JsonObject to = new JsonObject();
        to.addProperty("url", url);
        call("Page.navigate", to);
    }

    /** What an expression of JavaScript is in the page, as text; promises are waited for. */
    String evaluate(String expression) throws IOException {
        JsonObject asked = new JsonObject();
        asked.addProperty("expression", "(async () => String(await (" + expression + ")))()");
        asked.addProperty("awaitPromise", true);
        asked.addProperty("returnByValue", true);
        JsonObject answer = call("Runtime.evaluate", asked);
        if (answer.has("exceptionDetails")) {
            throw new IOException(expression + ": " + answer.get("exceptionDetails"));
        }
        return answer.getAsJsonObject("result").get("value").getAsString();
    }

    /** Waits until an expression holds; false when it has not in that time. */
    boolean waitFor(String expression, int seconds) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!evaluate("!!(" + expression + ")").equals("true")) {
            if (System.nanoTime() - end > 0) return false;
            Thread.sleep(POLL_MILLIS);
        }
        return true;
    }

    /** Presses and releases a key, as {@code KeyboardEvent.key} names it. */
    void press(String key) throws IOException {
        for (String type : List.of("keyDown", "keyUp")) {
            JsonObject event = new JsonObject();
            event.addProperty("type", type);
            event.addProperty("key", key);
            event.addProperty("code", key);
            switch (key) {
                case "Enter" -> {
                    event.addProperty("windowsVirtualKeyCode", 13);
                    if (type.equals("keyDown")) event.addProperty("text", "\r");
                }
                case "Tab" -> event.addProperty("windowsVirtualKeyCode", 9);
                case "Escape" -> event.addProperty("windowsVirtualKeyCode", 27);
                default -> throw new IllegalArgumentException("no such key: key=" + key);
            }
            call("Input.dispatchKeyEvent", event);
        }
    }

    /** Writes where the focus is. */
    void type(String text) throws IOException {
        JsonObject typed = new JsonObject();
        typed.addProperty("text", text);
        call("Input.insertText", typed);
    }

    /** Takes another look at the page. */
    void look(Look look) throws IOException {
        JsonObject size = new JsonObject();
        size.addProperty("width", look.width);
        size.addProperty("height", look.height);
        size.addProperty("deviceScaleFactor", 1);
        size.addProperty("mobile", look.mobile);
        call("Emulation.setDeviceMetricsOverride", size);
        JsonObject media = JsonParser.parseString(
                        "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"" + look.scheme + "\"}]}")
                .getAsJsonObject();
        call("Emulation.setEmulatedMedia", media);
    }

    /** A picture of what is seen, as PNG. */
    void picture(Path file) throws IOException {
        JsonObject format = new JsonObject();
        format.addProperty("format", "png");
        String data = call("Page.captureScreenshot", format).get("data").getAsString();
        Files.write(file, Base64.getDecoder().decode(data));
    }

    /** What the page's scripts and its policy complained of so far, and forgets it. */
    List<String> takeErrors() {
        List<String> all = List.copyOf(errors);
        errors.clear();
        return all;
    }

    private JsonObject call(String method, JsonObject parameters) throws IOException {
        int mine = ++number;
        JsonObject message = new JsonObject();
        message.addProperty("id", mine);
        message.addProperty("method", method);
        message.add("params", parameters);
        if (!session.isEmpty()) message.addProperty("sessionId", session);
        out.write((message + "\0").getBytes(StandardCharsets.UTF_8));
        out.flush();
        while (true) {
            JsonObject heard = hear(method);
            JsonElement id = heard.get("id");
            if (id == null) {
                note(heard);
            } else if (id.getAsInt() == mine) {
                if (heard.has("error")) throw new IOException(method + ": " + heard.get("error"));
                return heard.getAsJsonObject("result");
            }
        }
    }

    private JsonObject hear(String method) throws IOException {
        var line = new ByteArrayOutputStream();
        int octet;
        while ((octet = in.read()) > 0) line.write(octet);
        if (octet < 0) {
            throw new IOException(method + ": the browser has ended: " + Files.readString(trouble));
        }
        return JsonParser.parseString(line.toString(StandardCharsets.UTF_8)).getAsJsonObject();
    }

    private void note(JsonObject event) {
        switch (event.get("method").getAsString()) {
            case "Runtime.exceptionThrown" ->
                errors.add(
                        event.getAsJsonObject("params").get("exceptionDetails").toString());
            case "Log.entryAdded" -> {
                JsonObject entry = event.getAsJsonObject("params").getAsJsonObject("entry");
                if (entry.get("level").getAsString().equals("error")) {
                    errors.add(entry.get("text").getAsString() + " "
                            + (entry.has("url") ? entry.get("url").getAsString() : ""));
                }
            }
            default -> {}
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
