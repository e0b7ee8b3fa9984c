// One session of a client from npm, told on one line: node - CLIENT SESSION URL, with this on its
// standard input, in a folder where `npm install openai @mistralai/mistralai` has run.
import OpenAI from "openai";
import { Mistral } from "@mistralai/mistralai";

const [client, session, url] = process.argv.slice(2);
const question = [{ role: "user", content: "What is the capital of Germany?" }];
const weather = [{ role: "user", content: "What is the weather in Munich?" }];
const city = { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false };
const texts = ["A day.", "A night."];

const openai = new OpenAI({ baseURL: url + "/v1", apiKey: "any", maxRetries: 0 });
const openaiSessions = {
    async answer() {
        const { choices, usage } = await openai.chat.completions.create({ model: "script", messages: question });
        const { content, reasoning_content } = choices[0].message;
        return `${reasoning_content} ${content} ${usage.completion_tokens_details.reasoning_tokens}`;
    },
    async stream() {
        const stream = openai.chat.completions.stream({ model: "script", messages: question, stream_options: { include_usage: true } });
        const whole = await stream.finalChatCompletion();
        return `${whole.choices[0].message.content} ${whole.choices[0].finish_reason} ${whole.usage.prompt_tokens}`;
    },
    async tools() {
        const tool = { type: "function", function: { name: "getWeather", description: "The weather of a city", parameters: city, parse: JSON.parse, function: () => "sunny" } };
        return openai.chat.completions.runTools({ model: "script", messages: weather, tools: [tool] }).finalContent();
    },
    async schema() {
        const response_format = { type: "json_schema", json_schema: { name: "place", strict: true, schema: city } };
        const { choices } = await openai.chat.completions.parse({ model: "script", messages: question, response_format });
        return choices[0].message.content;
    },
    async vectors() {
        const { data } = await openai.embeddings.create({ model: "tiny", input: texts, dimensions: 8 });
        return data.map(({ index, embedding }) => `${index}:${embedding.length}`).join(" ");
    },
    async refusal() {
        return openai.chat.completions.create({ model: "gpt-9", messages: question })
            .catch(error => `${error.constructor.name} ${error.status} ${error.param}`);
    },
    async models() {
        return (await openai.models.list()).data.map(model => model.id).join(" ");
    },
};

const mistral = new Mistral({ serverURL: url, apiKey: "any", retryConfig: { strategy: "none" } });
const told = content => typeof content === "string" ? content
    : content.map(chunk => chunk.type === "thinking" ? `<${told(chunk.thinking)}>` : chunk.text).join("");
const mistralSessions = {
    async answer() {
        const { choices, usage } = await mistral.chat.complete({ model: "script", messages: question });
        return `${told(choices[0].message.content)} ${usage.promptTokens}`;
    },
    async stream() {
        let text = "";
        for await (const { data } of await mistral.chat.stream({ model: "script", messages: question })) {
            text += told(data.choices[0].delta.content ?? "");
        }
        return text;
    },
    async tools() {
        const tools = [{ type: "function", function: { name: "getWeather", description: "The weather of a city", parameters: city } }];
        const first = await mistral.chat.complete({ model: "script", messages: weather, tools });
        const { message } = first.choices[0];
        const result = { role: "tool", name: "getWeather", toolCallId: message.toolCalls[0].id, content: "sunny" };
        const messages = [...weather, { ...message, role: "assistant" }, result];
        const second = await mistral.chat.complete({ model: "script", messages, tools });
        return told(second.choices[0].message.content);
    },
    async schema() {
        const responseFormat = { type: "json_schema", jsonSchema: { name: "place", strict: true, schemaDefinition: city } };
        const { choices } = await mistral.chat.complete({ model: "script", messages: question, responseFormat, reasoningEffort: "none" });
        return told(choices[0].message.content);
    },
    async vectors() {
        const { data } = await mistral.embeddings.create({ model: "tiny", inputs: texts });
        return data.map(({ index, embedding }) => `${index}:${embedding.length}`).join(" ");
    },
    async refusal() {
        return mistral.chat.complete({ model: "gpt-9", messages: question })
            .catch(error => `${error.constructor.name} ${error.statusCode}`);
    },
    async models() {
        return (await mistral.models.list()).data.map(model => model.id).join(" ");
    },
};

console.log(await { openai: openaiSessions, mistral: mistralSessions }[client][session]());
