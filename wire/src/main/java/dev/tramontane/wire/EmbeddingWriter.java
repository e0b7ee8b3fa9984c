package dev.tramontane.wire;

import dev.tramontane.chat.Embeddings;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.json.JsonMapper;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;

/// Writes the vectors of texts, piece by piece: as text they are several times as large as they
/// are.
///
/// @param id of the answer; OpenAI's have none, and Mistral's own clients take none without
/// @param model its public name
/// @param vectors `float[dim]` each, of length 1; shared
/// @param tokens of all texts
public record EmbeddingWriter(
        String id, String model, EmbeddingRequest request, List<float[]> vectors, int tokens) {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    public EmbeddingWriter {
        vectors = List.copyOf(vectors);
    }

    /// As OpenAI and Mistral have it. The stream stays open.
    public void writeList(OutputStream out) {
        try (JsonGenerator json = MAPPER.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringProperty("id", id);
            json.writeStringProperty("object", "list");
            json.writeArrayPropertyStart("data");
            for (int i = 0; i < vectors.size(); i++) {
                json.writeStartObject();
                json.writeStringProperty("object", "embedding");
                json.writeNumberProperty("index", i);
                json.writeName("embedding");
                write(vectors.get(i), json);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeStringProperty("model", model);
            json.writeObjectPropertyStart("usage");
            json.writeNumberProperty("prompt_tokens", tokens);
            json.writeNumberProperty("completion_tokens", 0);
            json.writeNumberProperty("total_tokens", tokens);
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    /// As llama-server has it: a list of lists, since there may be a vector for each token there.
    /// The stream stays open.
    public void writePlain(OutputStream out) {
        try (JsonGenerator json = MAPPER.createGenerator(out)) {
            json.writeStartArray();
            for (int i = 0; i < vectors.size(); i++) {
                json.writeStartObject();
                json.writeNumberProperty("index", i);
                json.writeArrayPropertyStart("embedding");
                write(vectors.get(i), json);
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
        }
    }

    private void write(float[] vector, JsonGenerator json) {
        float[] told = Embeddings.shortened(vector, request.dimensions().orElse(vector.length));
        if (request.base64()) {
            ByteBuffer bytes =
                    ByteBuffer.allocate(told.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(told);
            json.writeString(Base64.getEncoder().encodeToString(bytes.array()));
            return;
        }
        json.writeStartArray();
        for (float value : told) {
            json.writeNumber(value);
        }
        json.writeEndArray();
    }
}
