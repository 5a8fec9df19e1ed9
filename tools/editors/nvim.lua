-- Drives `recto lsp` from Neovim: nvim --headless -u NONE -l nvim.lua, or -c 'luafile nvim.lua' before 0.9.
-- The environment: RECTO (the program), FOLDER (a folder with long.md, short.md and recto.toml; see run.sh).

local recto, folder = os.getenv("RECTO"), os.getenv("FOLDER")

local function fail(message)
  io.stderr:write("nvim: " .. message .. "\n")
  vim.cmd("cquit 1")
end

local function wait(what, condition)
  if not vim.wait(60000, condition, 20) then
    fail("waited in vain for " .. what)
  end
end

vim.cmd("edit " .. vim.fn.fnameescape(folder .. "/long.md"))
local buffer = vim.api.nvim_get_current_buf()
vim.bo[buffer].filetype = "markdown"
local id = vim.lsp.start_client({ name = "recto", cmd = { recto, "lsp" }, root_dir = folder })
vim.lsp.buf_attach_client(buffer, id)

wait("two findings", function() return #vim.diagnostic.get(buffer) == 2 end)
local codes = vim.tbl_map(function(one) return one.code end, vim.diagnostic.get(buffer))
table.sort(codes)
print("nvim: " .. table.concat(codes, ", "))

local function ask(method, line, character, more)
  local params = vim.tbl_extend("force", {
    textDocument = vim.lsp.util.make_text_document_params(buffer),
    position = { line = line, character = character },
    range = { start = { line = line, character = character }, ["end"] = { line = line, character = character } },
    context = { diagnostics = {} },
  }, more or {})
  local answers = vim.lsp.buf_request_sync(buffer, method, params, 60000) or {}
  local answer = answers[id] or {}
  if answer.error then
    fail(method .. ": " .. vim.inspect(answer.error))
  end
  return answer.result
end

local line = vim.fn.search("recieves") - 1
local character = vim.fn.getline(line + 1):find("recieves") - 1
local fix
for _, action in ipairs(ask("textDocument/codeAction", line, character)) do
  if action.title:find("receives") then fix = action end
end
if not fix then fail("no fix for the misspelling") end
vim.lsp.util.apply_workspace_edit(fix.edit, "utf-16")
wait("the misspelling to be gone", function() return #vim.diagnostic.get(buffer) == 1 end)
print("nvim: fixed, " .. vim.fn.getline(line + 1))

local definition = ask("textDocument/definition", 2, 8)
if not definition[1].uri:find("short.md", 1, true) then fail("no counterpart: " .. vim.inspect(definition)) end
print("nvim: the counterpart is in short.md, line " .. definition[1].range.start.line + 1)

local edit = ask("textDocument/rename", 2, 8, { newName = "What lifts the tide?" })
vim.lsp.util.apply_workspace_edit(edit, "utf-16")
local links = vim.fn.bufnr(folder .. "/links.md")
local text = table.concat(vim.api.nvim_buf_get_lines(links, 0, -1, false), "\n")
if not text:find("#1-what-lifts-the-tide", 1, true) then fail("the link did not follow: " .. text) end
print("nvim: renamed, " .. vim.fn.getline(3) .. ", with " .. text)

-- Half-typed text, fast.
for at = 1, 200 do
  vim.api.nvim_buf_set_lines(buffer, -1, -1, false, { ({ "```", "| a", "[x](", "the the sea", "" })[at % 5 + 1] })
end
wait("the server to follow", function() return #vim.diagnostic.get(buffer) > 1 end)
vim.lsp.stop_client(id)
wait("the server to end", function() return vim.lsp.client_is_stopped(id) end)
print("nvim: done")
vim.cmd("qall!")
