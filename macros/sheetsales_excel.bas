Attribute VB_Name = "sheetsales_excel"
Option Explicit

' The press in Excel: xlwings starts the user's own Python. xlwings would let a sheet named
' xlwings.conf, a file xlwings.conf beside the workbook and even the workbook's name add to the
' command line. What could do so is refused here, before.

Public Sub PressInExcel(ByVal Word As String)
    Dim Reason As String
    Reason = Obstacle()
    If Reason <> "" Then
        MsgBox Reason, vbExclamation, "sheetsales"
        Exit Sub
    End If
    #If Mac Then
        xlwings_mac.RunPython "import sheetsales.buttons; sheetsales.buttons.press('" & Word & "')"
    #Else
        xlwings.RunPython "import sheetsales.buttons; sheetsales.buttons.press('" & Word & "')"
    #End If
End Sub

' Says what keeps a press from reaching the user's own Python, and nothing but that.
Private Function Obstacle() As String
    Dim Key As Variant
    If Not IsConnected() Then
        Obstacle = "sheetsales is not connected yet. Run once:  sheetsales doctor --fix"
        Exit Function
    End If
    For Each Key In Array("INTERPRETER", "INTERPRETER_WIN", "INTERPRETER_MAC", "PYTHONPATH", _
        "CONDA PATH", "CONDA ENV", "TEMP DIR", "USE UDF SERVER", "LICENSE_KEY", _
        "ONEDRIVE_CONSUMER_WIN", "ONEDRIVE_COMMERCIAL_WIN", "SHAREPOINT_WIN", _
        "ONEDRIVE_CONSUMER_MAC", "ONEDRIVE_COMMERCIAL_MAC", "SHAREPOINT_MAC")
        ' A blank counts too: without an interpreter xlwings would take any program named python.
        If Setting(CStr(Key), "") <> Setting(CStr(Key), "user") Then
            Obstacle = "xlwings.conf in or beside this workbook sets " & Key & ". Remove it."
            Exit Function
        End If
    Next
    If LCase$(Setting("ADD_WORKBOOK_TO_PYTHONPATH", "")) <> "false" Then
        Obstacle = "xlwings.conf must say ADD_WORKBOOK_TO_PYTHONPATH, false."
    ElseIf HasCommand(Replace(ThisWorkbook.Path & ThisWorkbook.Name, "%20", "")) Then
        Obstacle = "Rename this workbook or its folder: no path with one of  ; ^ % | "" $ `  is safe."
    End If
End Function

' Only an absolute path is surely not a program beside the workbook.
Private Function IsConnected() As Boolean
    Dim Python As String
    #If Mac Then
        IsConnected = Left$(Setting("INTERPRETER_MAC", "user"), 1) = "/"
    #Else
        Python = Setting("INTERPRETER_WIN", "user")
        IsConnected = Mid$(Python, 2, 2) = ":\" Or Left$(Python, 2) = "\\"
    #End If
End Function

' Whether a path holds what the command line, or the list of folders in it, would not take as text.
Private Function HasCommand(ByVal Place As String) As Boolean
    Dim Position As Integer
    Dim Marks As String
    #If Mac Then
        Marks = ";|""$`\"
    #Else
        Marks = ";^%"
    #End If
    For Position = 1 To Len(Marks)
        If InStr(Place, Mid$(Marks, Position, 1)) > 0 Then HasCommand = True
    Next
End Function

Private Function Setting(ByVal Key As String, ByVal Source As String) As String
    #If Mac Then
        Setting = xlwings_mac.GetConfig(Key, "", Source)
    #Else
        Setting = xlwings.GetConfig(Key, "", Source)
    #End If
End Function
